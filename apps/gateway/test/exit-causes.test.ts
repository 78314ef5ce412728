import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import net, { type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type DataPlane, startDataPlane } from './data-plane.ts'
import type { Declared } from './declared.ts'
import { type FullServer, startFullServer } from './full-server.ts'
import { sendBytes } from './send-bytes.ts'

// Which exits reach the functions of exit-transformer, cause by cause, on a running gateway. Each
// cause is tried with every setting of the switches, on a global instance and on one bound to the
// Route.

/** Says that it was called, and for which reason. */
const FUNCTION = `return function(status, body, headers)
  headers = headers or {}
  headers["X-Reason"] = kong.exit.reason
  return status, body, headers
end`

/** What an exit needs to reach functions: `handle_unknown`, `handle_unexpected`, both or neither. */
type Needs = 'nothing' | 'unknown' | 'unexpected' | 'both'

interface Cause {
  readonly name: string
  readonly bytes: string
  readonly status: number
  readonly reason: string
  readonly needs: Needs
  /** An instance that is bound to the Route sees it as well. */
  readonly hasRoute: boolean
}

const get = (target: string, ...lines: readonly string[]): string =>
  `${[`GET ${target} HTTP/1.1`, 'Host: localhost', ...lines].join('\r\n')}\r\n\r\n`
const post = (target: string, body: string, ...lines: readonly string[]): string =>
  `${[`POST ${target} HTTP/1.1`, 'Host: localhost', ...lines].join('\r\n')}\r\n\r\n${body}`
const LONG = 'a'.repeat(4000)
const chunked = (...parts: readonly string[]): string =>
  [...parts, ''].map((part) => `${part.length.toString(16)}\r\n${part}\r\n`).join('')

/** A plugin or a rule has decided: nothing more is needed. */
const DECIDED: readonly Omit<Cause, 'needs' | 'hasRoute'>[] = [
  {
    name: 'a plugin exits',
    bytes: get('/closed'),
    status: 503,
    reason: 'request-termination.message',
  },
  { name: 'a plugin refuses', bytes: get('/keyed'), status: 401, reason: 'key-auth.no_key' },
  { name: 'a plugin tells an error', bytes: get('/told'), status: 409, reason: 'plugin.error' },
  {
    name: 'a plugin exits in header_filter',
    bytes: get('/late'),
    status: 410,
    reason: 'plugin.exit',
  },
  {
    name: 'an https-only Route',
    bytes: get('/secure'),
    status: 426,
    reason: 'router.https_required',
  },
  {
    name: 'a Route that redirects',
    bytes: get('/moved'),
    status: 301,
    reason: 'router.https_redirect',
  },
  { name: 'a Route for gRPC', bytes: get('/grpc'), status: 415, reason: 'router.not_grpc' },
  {
    name: 'gRPC without HTTP/2',
    bytes: get('/grpc', 'Content-Type: application/grpc'),
    status: 426,
    reason: 'router.http2_required',
  },
  { name: 'no Service', bytes: get('/serviceless'), status: 503, reason: 'router.no_service' },
  { name: 'no Target', bytes: get('/targetless'), status: 503, reason: 'upstream.no_target' },
  {
    name: 'a name that does not resolve',
    bytes: get('/nowhere'),
    status: 503,
    reason: 'upstream.dns',
  },
]

/** Nobody has decided, and the Route is known. */
const FAILED: readonly Omit<Cause, 'needs' | 'hasRoute'>[] = [
  { name: 'a plugin crashes', bytes: get('/crash'), status: 500, reason: 'plugin.crashed' },
  { name: 'nobody listens', bytes: get('/dead'), status: 502, reason: 'upstream.refused' },
  { name: 'the Service hangs up', bytes: get('/reset'), status: 502, reason: 'upstream.reset' },
  {
    name: 'the Service sends no HTTP',
    bytes: get('/invalid'),
    status: 502,
    reason: 'upstream.invalid',
  },
  { name: 'the Service is silent', bytes: get('/silent'), status: 504, reason: 'upstream.timeout' },
  {
    name: 'a response is too large',
    bytes: get('/large'),
    status: 502,
    reason: 'upstream.too_large',
  },
  {
    name: 'nobody takes the connection',
    bytes: get('/full'),
    status: 504,
    reason: 'upstream.connect_timeout',
  },
  {
    name: 'a chunked body is too large',
    bytes: post('/held', chunked(LONG, LONG), 'Transfer-Encoding: chunked'),
    status: 413,
    reason: 'request.too_large',
  },
  {
    name: 'a body is too large for a plugin',
    bytes: post('/reading', LONG, `Content-Length: ${LONG.length}`),
    status: 413,
    reason: 'request.too_large',
  },
]

/** Nobody has decided, and no Route is known. */
const REFUSED: readonly Omit<Cause, 'needs' | 'hasRoute'>[] = [
  { name: 'no HTTP at all', bytes: 'hello\r\n\r\n', status: 400, reason: 'request.malformed' },
  { name: 'no Host', bytes: 'GET / HTTP/1.1\r\n\r\n', status: 400, reason: 'request.bad_host' },
  { name: 'a target that is no path', bytes: get('*'), status: 400, reason: 'request.bad_target' },
  {
    name: 'TRACE',
    bytes: get('/').replace('GET', 'TRACE'),
    status: 405,
    reason: 'request.method_refused',
  },
  {
    name: 'an unknown coding',
    bytes: post('/dead', '', 'Transfer-Encoding: gzip, chunked'),
    status: 501,
    reason: 'request.coding_unknown',
  },
  {
    name: 'a long target',
    bytes: get(`/${'a'.repeat(8192)}`),
    status: 414,
    reason: 'request.target_too_long',
  },
  {
    name: 'a long header',
    bytes: get('/', `X-A: ${'a'.repeat(40_000)}`),
    status: 431,
    reason: 'request.headers_too_large',
  },
  {
    name: 'many headers',
    bytes: get('/', ...Array.from({ length: 200 }, (_, n) => `X-${n}: 1`)),
    status: 431,
    reason: 'request.too_many_headers',
  },
  {
    name: 'a head that does not end',
    bytes: 'GET / HTTP/1.1\r\n',
    status: 408,
    reason: 'request.timeout',
  },
  {
    name: 'a body tells too large a length',
    bytes: post('/silent', '', 'Content-Length: 5001'),
    status: 413,
    reason: 'request.too_large',
  },
  {
    name: 'long chunk extensions',
    bytes: post('/reading', `1;${'a'.repeat(20_000)}\r\na\r\n`, 'Transfer-Encoding: chunked'),
    status: 413,
    reason: 'request.too_large',
  },
  {
    name: 'a chunk that is none',
    bytes: post('/reading', 'ZZ\r\n', 'Transfer-Encoding: chunked'),
    status: 400,
    reason: 'request.malformed',
  },
]

const CAUSES: readonly Cause[] = [
  ...DECIDED.map((cause) => ({ ...cause, needs: 'nothing' as const, hasRoute: true })),
  {
    name: 'a plugin exits in rewrite',
    bytes: get('/any', 'X-Early: 1'),
    status: 402,
    reason: 'plugin.exit',
    needs: 'nothing',
    hasRoute: false,
  },
  {
    name: 'no Route',
    bytes: get('/none'),
    status: 404,
    reason: 'router.no_route',
    needs: 'unknown',
    hasRoute: false,
  },
  {
    name: 'OPTIONS that goes no further',
    bytes: get('/dead', 'Max-Forwards: 0').replace('GET', 'OPTIONS'),
    status: 200,
    reason: 'request.max_forwards',
    needs: 'unknown',
    hasRoute: false,
  },
  ...FAILED.map((cause) => ({ ...cause, needs: 'unexpected' as const, hasRoute: true })),
  ...REFUSED.map((cause) => ({ ...cause, needs: 'both' as const, hasRoute: false })),
]

interface Switches {
  readonly handle_unknown: boolean
  readonly handle_unexpected: boolean
}

function suffices({ handle_unknown, handle_unexpected }: Switches, needs: Needs): boolean {
  switch (needs) {
    case 'nothing':
      return true
    case 'unknown':
      return handle_unknown
    case 'unexpected':
      return handle_unexpected
    case 'both':
      return handle_unknown && handle_unexpected
  }
}

let service: net.Server
let full: FullServer
const prefix = mkdtempSync(path.join(tmpdir(), 'postern-causes-'))
beforeAll(async () => {
  service = net.createServer(serve).listen(0, '127.0.0.1')
  await once(service, 'listening')
  full = await startFullServer()
})
afterAll(async () => {
  service?.close()
  full?.close()
  rmSync(prefix, { recursive: true, force: true })
})

/** Answers as the path says, which is what a Service must not do. */
function serve(socket: net.Socket): void {
  socket.on('error', () => {})
  socket.once('data', (head) => {
    const [, target] = head.toString('latin1').split(' ')
    if (target === '/reset') socket.destroy()
    else if (target === '/invalid') socket.end('what?\r\n\r\n')
    else if (target === '/silent' || target === '/held') return
    else socket.end(`HTTP/1.1 200 OK\r\nContent-Length: ${LONG.length}\r\n\r\n${LONG}`)
  })
}

const lua = (phase: string, code: string): Declared => ({
  name: 'pre-function',
  config: { [phase]: [code] },
})

/** Paths that end in an Exit, by way of what stands on their Routes. */
async function configure(gateway: DataPlane, bound: Declared | undefined): Promise<void> {
  const url = `http://127.0.0.1:${(service.address() as AddressInfo).port}`
  const plain = { retries: 0 }
  const up = await gateway.add('services', { url, ...plain })
  const hasty = await gateway.add('services', { url, read_timeout: 100, retries: 0 })
  const dead = await gateway.add('services', { url: 'http://127.0.0.1:1', ...plain })
  const nowhere = await gateway.add('services', { host: 'nowhere.invalid', ...plain })
  await gateway.add('upstreams', { name: 'empty' })
  const targetless = await gateway.add('services', { host: 'empty', ...plain })
  const add = async (
    to: { id: string } | null,
    route: Declared,
    plugin?: Declared,
  ): Promise<void> => {
    const { id } = await gateway.add('routes', {
      service: to && { id: to.id },
      strip_path: false,
      ...route,
    })
    for (const one of [plugin, bound]) {
      if (one !== undefined) await gateway.add('plugins', { ...one, route: { id } })
    }
  }
  const closed = { name: 'request-termination', config: { status_code: 503 } }
  await add(up, { paths: ['/closed'] }, closed)
  await add(up, { paths: ['/keyed'] }, { name: 'key-auth' })
  await add(up, { paths: ['/told'] }, lua('access', 'kong.response.error(409)'))
  await add(up, { paths: ['/late'] }, lua('header_filter', 'kong.response.exit(410, "late")'))
  await add(up, { paths: ['/crash'] }, lua('access', 'error("boom")'))
  await add(up, { paths: ['/reading'] }, lua('access', 'kong.request.get_raw_body()'))
  await add(up, { paths: ['/large'] }, lua('access', 'kong.service.request.enable_buffering()'))
  await add(up, { paths: ['/secure'], protocols: ['https'] })
  await add(up, { paths: ['/moved'], protocols: ['https'], https_redirect_status_code: 301 })
  const grpc = await gateway.add('services', { url: url.replace('http', 'grpc') })
  await add(grpc, { paths: ['/grpc'], protocols: ['grpc'] })
  await add(null, { paths: ['/serviceless'] })
  await add(targetless, { paths: ['/targetless'] })
  await add(nowhere, { paths: ['/nowhere'] })
  await add(dead, { paths: ['/dead'] })
  const crowded = await gateway.add('services', {
    url: `http://127.0.0.1:${full.port}`,
    connect_timeout: 100,
    retries: 0,
  })
  await add(hasty, { paths: ['/silent'] })
  await add(crowded, { paths: ['/full'] })
  await add(up, { paths: ['/reset', '/invalid', '/held', '/plain'] })
  await gateway.add(
    'plugins',
    lua('rewrite', `if kong.request.get_header("x-early") then kong.response.exit(402) end`),
  )
}

async function start(
  bound: Declared | undefined,
  everywhere: Declared | undefined,
): Promise<DataPlane> {
  const gateway = await startDataPlane({
    prefix,
    client_max_body_size: '5000',
    client_body_buffer_max: '1000',
    client_header_timeout: '500ms',
  })
  await configure(gateway, bound)
  if (everywhere !== undefined) await gateway.add('plugins', everywhere)
  return gateway
}

const BOTH = [true, false]
const SWITCHES: readonly Switches[] = BOTH.flatMap((handle_unknown) =>
  BOTH.map((handle_unexpected) => ({ handle_unknown, handle_unexpected })),
)

describe.each(SWITCHES)('a global instance with %j', (switches) => {
  let gateway: DataPlane
  beforeAll(async () => {
    const config = { functions: [FUNCTION], ...switches }
    gateway = await start(undefined, { name: 'exit-transformer', config })
  })
  afterAll(() => gateway?.close())

  it.each(CAUSES)('$name: $status, needs $needs', async ({ bytes, status, reason, needs }) => {
    const answer = await sendBytes(gateway.url, bytes)
    expect(answer.status).toBe(status)
    expect(answer.headers.get('x-reason')).toBe(suffices(switches, needs) ? reason : undefined)
  })
})

describe.each(SWITCHES)('an instance on the Route with %j', (switches) => {
  let gateway: DataPlane
  beforeAll(async () => {
    const config = { functions: [FUNCTION], ...switches }
    gateway = await start({ name: 'exit-transformer', config }, undefined)
  })
  afterAll(() => gateway?.close())

  it.each(CAUSES)('$name: $status, Route known: $hasRoute', async (cause) => {
    const answer = await sendBytes(gateway.url, cause.bytes)
    expect(answer.status).toBe(cause.status)
    const isSeen = cause.hasRoute && suffices(switches, cause.needs)
    expect(answer.headers.get('x-reason')).toBe(isSeen ? cause.reason : undefined)
  })
})

describe('answers that Kong may give and this gateway never makes itself', () => {
  let gateway: DataPlane
  beforeAll(async () => {
    gateway = await start(undefined, undefined)
  })
  afterAll(() => gateway?.close())

  it.each([
    ['411: a body without a length is no body', post('/plain', '')],
    ['417: an expectation that nobody knows is left to the Service', get('/plain', 'Expect: more')],
  ])('%s', async (_name, bytes) => {
    expect((await sendBytes(gateway.url, bytes)).status).toBe(200)
  })
})
