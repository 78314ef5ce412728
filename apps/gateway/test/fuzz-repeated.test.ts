import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { randomOf } from '@postern/conformance'
import { type DataPlane, startDataPlane } from './data-plane.ts'
import { addDeclared, type Declared, inlinePluginFiles } from './declared.ts'

const SEED = Number(process.env['FUZZ_SEED'] ?? 1)
const REQUESTS = 600

const CHANGING = {
  priority: 500,
  steps: {
    access: [
      ['service.request.set_header', 'X-A', 'set'],
      ['service.request.add_header', 'X-Added', 'added'],
      ['service.request.clear_header', 'X-B'],
    ],
    header_filter: [
      ['response.set_header', 'X-Service', 'changed'],
      ['response.add_header', 'X-Added', 'added'],
      ['response.clear_header', 'X-Gone'],
    ],
  },
}

/** Routes to one Service: what is changed behind one must not show behind another. */
function configuration(port: number): Declared {
  return {
    services: [
      {
        name: 'up',
        url: `http://127.0.0.1:${port}`,
        routes: [
          { name: 'plain', paths: ['/plain'] },
          { name: 'kept', paths: ['/kept'], preserve_host: true, strip_path: false },
          {
            name: 'changed',
            paths: ['/changed'],
            plugins: [{ name: 'changing', inline: CHANGING }],
          },
        ],
      },
    ],
  }
}

interface Sent {
  readonly method: string
  readonly path: string
  readonly headers: readonly string[]
}

/** Requests of which most have much in common with the one before. */
function requests(): Sent[] {
  const random = randomOf(SEED)
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T
  let one: Sent = { method: 'GET', path: '/plain/same', headers: ['Host', 'a.test'] }
  return Array.from({ length: REQUESTS }, () => {
    const part = random()
    if (part < 0.1) one = { ...one, method: pick(['GET', 'HEAD', 'POST', 'PUT']) }
    else if (part < 0.3) one = { ...one, path: pick(ROUTES) + pick(PATHS) }
    else if (part < 0.4)
      one = { ...one, headers: ['Host', 'a.test', ...pick(FIELDS), ...pick(FIELDS)] }
    return one
  })
}

const ROUTES = ['/plain', '/kept', '/changed']
const PATHS = ['/same', '/same?a=b', '/other', '/empty', '/none', '/trailers', '/close']
const FIELDS = [
  [],
  ['X-A', '1', 'X-B', '2'],
  ['X-A', '2'],
  ['TE', 'trailers', 'Connection', 'TE'],
  ['Connection', 'X-A', 'X-A', 'of the connection'],
  ['X-Forwarded-For', '10.0.0.1', 'Via', '1.0 x'],
  ['X-Kong-Request-Id', 'mine'],
  ['Authorization', 'Basic eA=='],
]

const ANSWERS: Readonly<Record<string, (res: http.ServerResponse) => void>> = {
  '/same': (res) => res.writeHead(200, ['X-Service', '1', 'X-Gone', '1']).end('same'),
  '/other': (res) => res.writeHead(404, ['X-Service', '2', 'X-Gone', '2']).end('other'),
  '/empty': (res) => res.writeHead(204, ['X-Service', '3']).end(),
  '/none': (res) => res.writeHead(304, ['X-Service', '4', 'ETag', '"e"']).end(),
  '/close': (res) => res.writeHead(200, ['Connection', 'close', 'X-Gone', '5']).end('close'),
  '/trailers': (res) => {
    const isHead = res.req.method === 'HEAD'
    res.writeHead(200, ['X-Service', '6', ...(isHead ? [] : ['Trailer', 'X-Sum'])])
    res.write('chunks')
    res.addTrailers({ 'X-Sum': '7' })
    res.end()
  },
}

/** What is different each time, or depends on the connection. */
const OWN =
  /^(?:x-forwarded-port|x-kong-request-id|x-kong-(?:upstream|proxy|response)-latency|date|connection|keep-alive)$/i

function withoutOwn(raw: readonly string[]): string[] {
  return raw.filter((_, i) => !OWN.test(raw[i - (i % 2)] as string))
}

describe('requests that repeat one another, through a gateway with plugins', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'postern-repeated-'))
  const seen: unknown[] = []
  const gateways: DataPlane[] = []
  const services: http.Server[] = []

  /** Starts a gateway with a Service of its own, which takes so many requests on a connection. */
  async function start(maxRequestsPerSocket: number): Promise<void> {
    const service = http.createServer((req, res) => {
      const { port } = service.address() as AddressInfo
      const headers = withoutOwn(req.rawHeaders).map((text) => text.replace(`:${port}`, ''))
      seen.push([req.method, req.url, headers])
      res.sendDate = false
      const known = Object.keys(ANSWERS).find((name) => req.url?.includes(name))
      ANSWERS[known ?? '/same']?.(res)
    })
    service.maxRequestsPerSocket = maxRequestsPerSocket
    services.push(service)
    service.listen(0, '127.0.0.1')
    await once(service, 'listening')
    const declared = configuration((service.address() as AddressInfo).port)
    const plugins = ['bundled', ...inlinePluginFiles(declared, folder)].join(',')
    const gateway = await startDataPlane({ http_engine: 'postern', plugins })
    gateways.push(gateway)
    await addDeclared(gateway, declared)
  }

  beforeAll(async () => {
    await start(0)
    await start(1)
  })
  afterAll(async () => {
    for (const gateway of gateways) await gateway.close()
    for (const service of services) service.closeAllConnections()
    for (const service of services) service.close()
    rmSync(folder, { recursive: true, force: true })
  })

  it('are sent and answered as if each had connections of its own', async () => {
    const [remembering, fresh] = gateways as [DataPlane, DataPlane]
    const sent = requests()
    const kept = new http.Agent({ keepAlive: true, maxSockets: 1 })
    const heard: unknown[] = []
    for (const one of sent) heard.push(await play(remembering.port, one, kept))
    kept.destroy()
    const arrived = seen.splice(0)
    for (const [i, one] of sent.entries()) {
      const about = `seed ${SEED}, request ${i}: ${JSON.stringify(one)}`
      expect(heard[i], about).toEqual(await play(fresh.port, one, false))
      expect(arrived[i], about).toEqual(seen.pop())
    }
  })
})

/** Sends a request and answers all that came, but for what is different each time. */
async function play(
  port: number,
  { method, path: target, headers }: Sent,
  agent: http.Agent | false,
): Promise<unknown> {
  const req = http.request({ port, method, path: target, headers: headers as string[], agent })
  req.end()
  const [res] = (await once(req, 'response')) as [http.IncomingMessage]
  const body = Buffer.concat((await res.toArray()) as Buffer[]).toString()
  return [res.statusCode, withoutOwn(res.rawHeaders), body, res.rawTrailers]
}
