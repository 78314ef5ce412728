import { once } from 'node:events'
import http from 'node:http'
import https from 'node:https'
import path from 'node:path'
import { randomOf } from '@postern/conformance'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createSelfSignedCertificate } from '../src/tls/self-signed-certificate.ts'
import { contentOf, whatIsWrong } from './fuzz-body-content.ts'
import { type BodyService, FRAMINGS, PIECES, startBodyService } from './fuzz-body-service.ts'
import { TESTED_ENGINES } from './hostile-gateway.ts'
import { type RunningProgram, startProgram } from './start-program.ts'

const SEED = Number(process.env['FUZZ_SEED'] ?? 1)
const KIB = 1024

/** More than the system takes for a client that has stopped to read. */
const LARGE = 12 * KIB * KIB + 5

/** Both sides of all sizes at which something changes, and some that need many reads. */
const SIZES = [
  ...[8, 16, 32, 64, 72].flatMap((kib) => [-1, 0, 1].map((more) => kib * KIB + more)),
  ...[0, 1, 200 * KIB + 3, LARGE],
]

/** Routes by their first path segment, and what is done to a response there. */
const ROUTES: Readonly<Record<string, { readonly plugin?: object; readonly tls?: boolean }>> = {
  plain: {},
  secure: { tls: true },
  look: { plugin: { name: 'fuzz-body-filter', config: { way: 'look' } } },
  keep: { plugin: { name: 'fuzz-body-filter', config: { way: 'keep' } } },
  late: { plugin: { name: 'fuzz-body-filter', config: { way: 'late' } } },
  buffered: { plugin: { name: 'fuzz-body-buffer' } },
}

const BEHAVIOURS = ['fast', 'fast', 'halting', 'stopping', 'leaving', 'head', 'echo'] as const

interface Job {
  readonly owner: number
  readonly bytes: number
  readonly route: string
  readonly path: string
  readonly behaviour: (typeof BEHAVIOURS)[number]
}

/** Every size with every framing and every Route, in an order and with clients of the seed's choice. */
function jobs(): Job[] {
  const random = randomOf(SEED)
  const all: (Job & { readonly rank: number })[] = []
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T
  for (const bytes of SIZES) {
    for (const framing of bytes === LARGE ? [pick(FRAMINGS)] : FRAMINGS) {
      for (const route of Object.keys(ROUTES)) {
        const owner = all.length + 1
        const target = `/${owner}/${bytes}/${framing}/${pick(Object.keys(PIECES))}`
        const behaviour = pick(BEHAVIOURS)
        all.push({ owner, bytes, route, path: target, behaviour, rank: random() })
      }
    }
  }
  return all.toSorted((one, other) => one.rank - other.rank)
}

describe.each(TESTED_ENGINES)('bodies of many requests, with the engine %s', (engine) => {
  let program: RunningProgram
  const services: BodyService[] = []

  beforeAll(async () => {
    const pair = createSelfSignedCertificate()
    const [plain, secure] = await Promise.all([startBodyService(), startBodyService(pair)])
    services.push(plain, secure)
    program = await startProgram({
      settings: {
        workers: '0',
        http_engine: engine,
        client_max_body_size: '16m',
        client_body_buffer_max: '16m',
        proxy_listen: '127.0.0.1:0, 127.0.0.1:0 ssl',
        plugins: `bundled,${pluginFile('filter')},${pluginFile('buffer')}`,
      },
    })
    for (const [name, { plugin, tls }] of Object.entries(ROUTES)) {
      const url = tls ? `https://127.0.0.1:${secure.port}` : `http://127.0.0.1:${plain.port}`
      await add(program, '/services', { name, url })
      await add(program, `/services/${name}/routes`, { name, paths: [`/${name}`] })
      if (plugin !== undefined) await add(program, `/routes/${name}/plugins`, plugin)
    }
  })
  afterAll(async () => {
    await program?.stop()
    program?.cleanUp()
    await Promise.all(services.map((service) => service.close()))
  })

  it.each([
    { scheme: 'http', at: 0 },
    { scheme: 'https', at: 1 },
  ] as const)(
    'reach their own clients byte by byte, over $scheme',
    async ({ scheme, at }) => {
      const agent = new (scheme === 'https' ? https : http).Agent({
        keepAlive: true,
        maxSockets: 24,
      })
      const base = `${scheme}://${program.proxyAddresses[at]}`
      const todo = jobs()
      const wrong: string[] = []
      let done = 0
      const waiting: (() => void)[] = []
      /** Resolves when so many others have been served, or nobody is left to serve. */
      const othersServed = async (count: number): Promise<void> => {
        const until = Math.min(done + count, todo.length - STOPPING)
        while (done < until) await new Promise<void>((resolve) => waiting.push(resolve))
      }
      const queue = todo.values()
      const client = async (): Promise<void> => {
        for (const job of queue) {
          const problem = await play(job, { base, agent, othersServed })
          if (problem !== undefined) wrong.push(`${job.route}, ${job.behaviour}: ${problem}`)
          done += 1
          for (const goOn of waiting.splice(0)) goOn()
        }
      }
      await Promise.all(Array.from({ length: CLIENTS }, client))
      agent.destroy()
      expect(wrong, `seed ${SEED}`).toEqual([])
      expect(done).toBe(todo.length)
      expect(program.process.exitCode).toBeNull()
    },
    120_000,
  )
})

const CLIENTS = 12
/** No more of them can be waiting for others at the same time. */
const STOPPING = CLIENTS

interface Playing {
  readonly base: string
  readonly agent: http.Agent
  readonly othersServed: (count: number) => Promise<void>
}

/** Plays one client and answers what was wrong with what it got. */
async function play(job: Job, { base, agent, othersServed }: Playing): Promise<string | undefined> {
  const { owner, bytes, route, behaviour } = job
  const isEcho = behaviour === 'echo'
  const method = isEcho ? 'POST' : behaviour === 'head' ? 'HEAD' : 'GET'
  const url = `${base}/${route}${isEcho ? '/echo' : job.path}`
  const options = { method, agent, rejectUnauthorized: false }
  const req = (base.startsWith('https') ? https : http).request(url, options)
  // Chunked for every second owner.
  if (isEcho && owner % 2 === 0) req.setHeader('Content-Length', bytes)
  if (isEcho) req.write(contentOf(owner, bytes))
  req.end()
  const [res] = (await once(req, 'response')) as [http.IncomingMessage]
  if (res.statusCode !== 200) return `status ${res.statusCode}`
  if (behaviour === 'leaving' && bytes > 0) {
    await once(res, 'data')
    res.destroy()
    return undefined
  }
  if (behaviour === 'stopping') await othersServed(CLIENTS)
  const chunks: Buffer[] = []
  for await (const chunk of res) {
    chunks.push(chunk as Buffer)
    if (behaviour === 'halting' && chunks.length % 5 === 0) await othersServed(1)
  }
  return whatIsWrong(Buffer.concat(chunks), owner, method === 'HEAD' ? 0 : bytes)
}

function pluginFile(name: string): string {
  return path.join(import.meta.dirname, `fuzz-body-${name}.ts`)
}

async function add({ admin }: RunningProgram, target: string, entity: object): Promise<void> {
  const answer = await fetch(admin + target, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(entity),
  })
  if (answer.status !== 201) throw new Error(`${target}: ${await answer.text()}`)
}
