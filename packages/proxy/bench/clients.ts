import { fork } from 'node:child_process'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { Pool } from 'undici'
import {
  createHttp1Client,
  createUndiciClient,
  type UpstreamClient,
  type UpstreamRequest,
} from '../src/index.ts'
import { Counter } from './counter.ts'

/** Requests that are under way at the same time. */
const CONCURRENCY = 32
const ROUNDS = 40
const WARM_UP_ROUNDS = 8

const HEADERS = [
  ...['Host', 'service.test', 'User-Agent', 'wrk/4.1', 'Accept', '*/*', 'X-Real-IP', '10.0.0.9'],
  ...['X-Forwarded-For', '10.0.0.9', 'X-Forwarded-Proto', 'http', 'X-Forwarded-Port', '8000'],
  ...['Via', '1.1 postern/0.1.0'],
]

const HEADER_LINES = HEADERS.map((text, i) => (i % 2 === 0 ? `${text}: ` : `${text}\r\n`)).join('')

/** Of an answer of `static-server.ts`, without the digits of its length. */
const HEAD_BYTES = 178

/** One way of sending a request and reading its answer; `done` hears how many bytes the body had. */
type Send = (path: string, done: (bytes: number) => void) => void

const { port, server } = await startServer()
const ours = createHttp1Client()
const adapted = createUndiciClient()
const pool = new Pool(`http://127.0.0.1:${port}`, { connections: CONCURRENCY, pipelining: 1 })

for (const { path, bytes, times } of [
  { path: '/small', bytes: 12, times: 4000 },
  { path: '/large', bytes: 65_536, times: 1000 },
]) {
  const ways: readonly (readonly [string, Send])[] = [
    ['undici dispatch', withUndici],
    ['createUndiciClient()', through(adapted)],
    ['createHttp1Client()', through(ours)],
    ['createHttp1Client(), borrowing', through(ours, { borrowsData: true })],
    ['sockets without HTTP', onBareSockets()],
  ]
  const costs = ways.map((): number[] => [])
  for (let round = -WARM_UP_ROUNDS; round < ROUNDS; round++) {
    for (let i = 0; i < ways.length; i++) {
      const at = (i + round + WARM_UP_ROUNDS) % ways.length
      const us = await cpuUs((ways[at] as (typeof ways)[0])[1], { path, bytes, times })
      if (round >= 0) costs[at]?.push(us)
    }
  }
  console.log(`GET of ${bytes} bytes`)
  ways.forEach(([name], at) => console.log(`  ${name}: ${told(costs[at] ?? [], costs[0] ?? [])}`))
}
server.kill()
await ours.close()
await adapted.close()
await pool.destroy()

/** The server has a process of its own, so that its CPU time is not counted. */
async function startServer(): Promise<{ port: number; server: ReturnType<typeof fork> }> {
  const server = fork(new URL('./static-server.ts', import.meta.url))
  const [port] = (await once(server, 'message')) as [number]
  return { port, server }
}

async function cpuUs(
  send: Send,
  { path, bytes, times }: { path: string; bytes: number; times: number },
): Promise<number> {
  const before = process.cpuUsage()
  await new Promise<void>((resolve) => {
    let started = 0
    let ended = 0
    const next = (): void => {
      if (started++ < times) send(path, onDone)
    }
    const onDone = (read: number): void => {
      if (read !== bytes) throw new Error(`${read} bytes instead of ${bytes}`)
      if (++ended === times) resolve()
      else next()
    }
    for (let i = 0; i < CONCURRENCY; i++) next()
  })
  const { user, system } = process.cpuUsage(before)
  return (user + system) / times
}

function through(client: UpstreamClient, options = { borrowsData: false }): Send {
  return (path, done) => {
    const request: UpstreamRequest = {
      scheme: 'http',
      host: '127.0.0.1',
      port,
      method: 'GET',
      path,
      headers: HEADERS,
      body: undefined,
      connectTimeoutMs: 60_000,
      writeTimeoutMs: 60_000,
      readTimeoutMs: 60_000,
    }
    client.send(request, new Counter(done, options))
  }
}

/** What no client can do without: one write, and the reads until the answer is there. */
function onBareSockets(): Send {
  const buffer = Buffer.allocUnsafeSlow(65_536)
  const idle: Socket[] = []
  const waiting = new Map<Socket, { left: number; bytes: number; done: (bytes: number) => void }>()
  const open = (): Socket => {
    const socket = connect({
      port,
      host: '127.0.0.1',
      noDelay: true,
      onread: {
        buffer,
        callback: (bytes) => {
          const answer = waiting.get(socket)
          if (answer === undefined) throw new Error('an answer that nobody waits for')
          answer.left -= bytes
          if (answer.left > 0) return true
          idle.push(socket)
          answer.done(answer.bytes)
          return true
        },
      },
    })
    return socket
  }
  return (path, done) => {
    const socket = idle.pop() ?? open()
    const bytes = path === '/small' ? 12 : 65_536
    waiting.set(socket, { left: bytes + HEAD_BYTES + String(bytes).length, bytes, done })
    socket.write(`GET ${path} HTTP/1.1\r\n${HEADER_LINES}\r\n`, 'latin1')
  }
}

function withUndici(path: string, done: (bytes: number) => void): void {
  const options = { path, method: 'GET' as const, headers: HEADERS }
  pool.dispatch(options, new Counter(done))
}

function told(own: readonly number[], first: readonly number[]): string {
  const ratios = own.map((us, round) => us / (first[round] as number)).sort((a, b) => a - b)
  const at = (part: number): string => (ratios[Math.floor(ratios.length * part)] ?? 0).toFixed(2)
  const fastest = Math.min(...own).toFixed(1)
  return `${fastest} us of CPU, ratio ${at(0.5)} (quartiles ${at(0.25)} to ${at(0.75)})`
}
