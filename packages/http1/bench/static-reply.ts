// Usage: node --conditions=@postern/source packages/http1/bench/static-reply.ts [ROUNDS]
// CPU time per request of a static answer: node:http and this package, in turn, in processes of their own.
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import net from 'node:net'

const CONNECTIONS = 32
const REQUESTS = 40_000
const ROUNDS = Number(process.argv[2] ?? 7)
const ENGINES = ['node', 'postern'] as const

const REQUEST =
  'GET /static?x=1 HTTP/1.1\r\nHost: bench.test\r\nUser-Agent: bench\r\nAccept: */*\r\nAccept-Encoding: gzip\r\n' +
  'Accept-Language: en\r\nCookie: a=1; b=2\r\nX-Request: 1\r\nCache-Control: no-cache\r\n\r\n'

interface Server {
  readonly child: ChildProcess
  readonly port: number
}

async function startServer(engine: string): Promise<Server> {
  const child = fork(new URL('static-server.ts', import.meta.url), [engine])
  const [{ port }] = (await once(child, 'message')) as [{ port: number }]
  return { child, port }
}

/** Microseconds of CPU per request in one slice. */
async function measure({ child, port }: Server): Promise<number> {
  const before = await cpuOf(child)
  await Promise.all(Array.from({ length: CONNECTIONS }, () => ask(port, REQUESTS / CONNECTIONS)))
  return ((await cpuOf(child)) - before) / REQUESTS
}

async function cpuOf(child: ChildProcess): Promise<number> {
  child.send('cpu')
  const [{ cpuUs }] = (await once(child, 'message')) as [{ cpuUs: number }]
  return cpuUs
}

/** One request after the other on one connection. Each answer has to be right. */
function ask(port: number, times: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = net.connect(port, '127.0.0.1')
    let left = times
    let received = ''
    socket.setNoDelay(true)
    socket.setEncoding('latin1').on('error', reject)
    socket.on('data', (text: string) => {
      received += text
      if (!received.endsWith('\r\n\r\nhello world\n')) return
      if (!received.startsWith('HTTP/1.1 200 OK\r\n')) return reject(new Error(received))
      received = ''
      left -= 1
      if (left > 0) socket.write(REQUEST)
      else socket.end(resolve)
    })
    socket.write(REQUEST)
  })
}

function quantile(values: readonly number[], part: number): number {
  return [...values].sort((a, b) => a - b)[Math.floor(part * (values.length - 1))] as number
}

const servers = await Promise.all(ENGINES.map(startServer))
const rows: number[][] = []
for (let round = 0; round < ROUNDS; round++) {
  const row: number[] = []
  for (const server of servers) row.push(await measure(server))
  // The first round warms up.
  if (round > 0) rows.push(row)
}
for (const { child } of servers) child.disconnect()

console.log('engine     us/request p25 (min)   ratio to node:http, median (quartiles)')
ENGINES.forEach((engine, i) => {
  const costs = rows.map((row) => row[i] as number)
  const ratios = rows.map((row) => (row[i] as number) / (row[0] as number))
  const [low, middle, high] = [0.25, 0.5, 0.75].map((part) => quantile(ratios, part).toFixed(2))
  const cost = `${quantile(costs, 0.25).toFixed(1)} (${Math.min(...costs).toFixed(1)})`
  console.log(`${engine.padEnd(10)} ${cost.padEnd(22)} ${middle} (${low}-${high})`)
})
