// Lua that waits, in a running gateway. One file because all of it needs the same: two gateways, a
// Service, and a service for functions to ask that answers when the test says so.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import http from 'node:http'
import https from 'node:https'
import net, { type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { TLSSocket } from 'node:tls'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { type DataPlane, startDataPlane } from './data-plane.ts'
import { type RecordingUpstream, startRecordingUpstream } from './recording-upstream.ts'
import { createAuthority, issue } from './test-authority.ts'

/** Milliseconds of a call: short where a test waits for the end of one, long where none may end. */
const SHORT_MS = 300
const LONG_MS = 30_000

/** A service that is asked by functions, and answers when and as its handler says. */
class AuthService {
  readonly #server: http.Server
  handle: http.RequestListener = (_req, res) => void res.end()

  constructor() {
    this.#server = http.createServer((req, res) => this.handle(req, res))
  }

  listen(): Promise<void> {
    return new Promise((resolve) => this.#server.listen(0, '127.0.0.1', resolve))
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  /** Resolves with the next request, which is not answered. */
  held(): Promise<{ readonly res: http.ServerResponse; readonly closed: Promise<void> }> {
    return new Promise((resolve) => {
      this.handle = (_req, res) => {
        resolve({ res, closed: new Promise((done) => void res.once('close', done)) })
      }
    })
  }

  close(): void {
    this.#server.closeAllConnections()
    this.#server.close()
  }
}

const auth = new AuthService()
let upstream: RecordingUpstream
let gateway: DataPlane
let hasty: DataPlane
let count = 0

beforeAll(async () => {
  await auth.listen()
  upstream = await startRecordingUpstream()
  const settings = { untrusted_functions: 'on' }
  gateway = await startDataPlane({ ...settings, function_timeout_ms: String(LONG_MS) })
  hasty = await startDataPlane({ ...settings, function_timeout_ms: String(SHORT_MS) })
})
afterAll(async () => {
  await gateway?.close()
  await hasty?.close()
  await upstream?.close()
  auth.close()
})
afterEach(() => {
  upstream.received.length = 0
})

type Sources = Readonly<Record<string, string>>

interface Made {
  readonly on?: DataPlane
  /** Functions of exit-transformer on the same Route. */
  readonly exits?: readonly string[]
}

/** The path of a new Route with functions of pre-function. */
async function routeWith(sources: Sources, { on = gateway, exits }: Made = {}): Promise<string> {
  const path = `/r${count++}`
  const { hostname, port } = new URL(upstream.url)
  const service = await on.add('services', { host: hostname, port: Number(port) })
  const { id } = await on.add('routes', { paths: [path], service: { id: service.id } })
  const config = Object.fromEntries(Object.entries(sources).map(([k, v]) => [k, [v]]))
  await on.add('plugins', { name: 'pre-function', config, route: { id } })
  if (exits !== undefined) {
    const functions = { functions: exits, timeout_ms: on === hasty ? SHORT_MS : 10_000 }
    await on.add('plugins', { name: 'exit-transformer', config: functions, route: { id } })
  }
  return path
}

async function answerOf(sources: Sources, made: Made = {}) {
  const { on = gateway } = made
  const path = await routeWith(sources, made)
  const res = await fetch(`${on.url}${path}`)
  return { status: res.status, headers: res.headers, body: await res.text() }
}

/** Lua that asks the service; `httpc` is its client. */
const asking = (code: string): string =>
  `local httpc = require("resty.http").new() local url = "${auth.url}" ${code}`

/** What an expression of access is, which may wait. */
async function valueOf(code: string): Promise<unknown> {
  const { body } = await answerOf({
    access: asking(`kong.response.exit(200, { v = { ${code} } })`),
  })
  return (JSON.parse(body) as { v: unknown }).v
}

describe('a Lua function of access that asks an auth service', () => {
  const CHECK = `
    local res, err = httpc:request_uri(url .. "/check", {
      method = "POST",
      headers = { ["X-Token"] = kong.request.get_header("x-token") },
      body = kong.request.get_path(),
    })
    if not res then return kong.response.exit(503, { message = err }) end
    if res.status ~= 200 then return kong.response.exit(res.status, res.body, { ["X-By"] = res.headers.x_by }) end
    kong.service.request.set_header("X-User", res.body)`

  it('lets a request through, with what the service has told', async () => {
    auth.handle = (req, res) => void res.end(`user of ${String(req.headers['x-token'])}`)
    const path = await routeWith({ access: asking(CHECK) })
    const res = await fetch(`${gateway.url}${path}`, { headers: { 'X-Token': 't1' } })
    expect(res.status).toBe(200)
    expect(upstream.received[0]?.headers['x-user']).toBe('user of t1')
  })

  it('refuses one that the service refuses', async () => {
    auth.handle = (_req, res) => void res.writeHead(403, { 'X-By': 'auth' }).end('{"no":true}')
    const { status, headers, body } = await answerOf({ access: asking(CHECK) })
    expect([status, headers.get('x-by'), body]).toEqual([403, 'auth', '{"no":true}'])
    expect(upstream.received).toEqual([])
  })

  it('serves others while it waits', async () => {
    const held = auth.held()
    const path = await routeWith({ access: asking(CHECK) })
    const waiting = fetch(`${gateway.url}${path}`)
    const { res } = await held
    const { body } = await answerOf({ access: 'kong.response.exit(200, "meanwhile")' })
    expect(body).toBe('meanwhile')
    res.end('late')
    expect((await waiting).status).toBe(200)
    expect(upstream.received[0]?.headers['x-user']).toBe('late')
  })

  it('is answered for with a 500 when it fails after it has waited', async () => {
    auth.handle = (_req, res) => void res.end()
    const { status } = await answerOf({ access: asking('httpc:request_uri(url) error("late")') })
    expect(status).toBe(500)
    expect(upstream.received).toEqual([])
  })

  it.each([
    ['an exit', 'kong.response.exit(201, "a")', 201, 'a'],
    ['what was said', 'ngx.say("b")', 200, 'b\n'],
    ['ngx.exit(ngx.OK)', 'ngx.exit(ngx.OK) error("not reached")', 200, undefined],
    ['ngx.exit in pcall', 'pcall(ngx.exit, 202) error("not reached")', 202, ''],
  ])('ends with %s after a wait', async (_, code, status, body) => {
    const answer = await answerOf({ access: `ngx.sleep(0) ${code}` })
    expect(answer.status).toBe(status)
    if (body !== undefined) expect(answer.body).toBe(body)
  })

  it('runs an initialiser that waits once, and its function each time', async () => {
    let asked = 0
    auth.handle = (_req, res) => void res.end(String(++asked))
    const source = asking(`local n = httpc:request_uri(url).body return function()
      kong.response.exit(200, n .. " " .. httpc:request_uri(url).body) end`)
    const path = await routeWith({ access: source })
    const ask = async (): Promise<string> => (await fetch(`${gateway.url}${path}`)).text()
    expect([await ask(), await ask()]).toEqual(['1 2', '1 3'])
  })
})

describe('requests that wait at the same time', () => {
  const REQUESTS = 50

  /** Answers in another order than it was asked in. */
  function answerInDisorder(): void {
    const held: (() => void)[] = []
    auth.handle = (req, res) => {
      held.push(() => void res.end(`for ${String(req.headers['x-id'])}`))
      if (held.length < REQUESTS) return
      held.reverse()
      for (const [i, end] of held.entries()) setTimeout(end, i % 7)
      held.length = 0
    }
  }

  async function askAll(path: string): Promise<unknown[]> {
    const ids = Array.from({ length: REQUESTS }, (_, i) => `id-${i}`)
    return Promise.all(
      ids.map(async (id) => {
        const res = await fetch(`${gateway.url}${path}?q=${id}`, { headers: { 'X-Id': id } })
        return { status: res.status, said: res.headers.get('x-said'), body: await res.json() }
      }),
    )
  }

  const ASK = `local function ask()
      local id = kong.request.get_header("x-id")
      kong.ctx.shared.id, ngx.ctx.id = id, id
      local told = httpc:request_uri(url, { headers = { ["X-Id"] = id } }).body
      return { id = id, told = told, now = kong.request.get_header("x-id"), q = ngx.var.arg_q,
        shared = kong.ctx.shared.id, ctx = ngx.ctx.id }
    end`

  const expectedOf = (id: string) => {
    return { id, told: `for ${id}`, now: id, q: id, shared: id, ctx: id }
  }

  it('get each their own data in access', async () => {
    answerInDisorder()
    const path = await routeWith({
      access: asking(`${ASK} local v = ask() kong.response.exit(200, v, { ["X-Said"] = v.id })`),
    })
    const expected = Array.from({ length: REQUESTS }, (_, i) => {
      return { status: 200, said: `id-${i}`, body: expectedOf(`id-${i}`) }
    })
    expect(await askAll(path)).toEqual(expected)
  })

  it('get each their own data in functions of exit-transformer', async () => {
    answerInDisorder()
    const path = await routeWith(
      { access: 'kong.response.exit(403, { id = kong.request.get_header("x-id") })' },
      {
        exits: [
          `${asking(ASK)}
          return function(status, body, headers)
            local v = ask()
            v.was = body.id
            kong.response.set_header("X-Said", kong.request.get_header("x-id"))
            return status, v, headers
          end`,
        ],
      },
    )
    const expected = Array.from({ length: REQUESTS }, (_, i) => {
      const id = `id-${i}`
      return { status: 403, said: id, body: { ...expectedOf(id), was: id } }
    })
    expect(await askAll(path)).toEqual(expected)
  })
})

describe('phases that cannot wait', () => {
  it.each(['header_filter', 'body_filter'])(
    'refuse to in %s, in the words of OpenResty',
    async (phase) => {
      const problem = `select(2, pcall(ngx.sleep, 0)) .. "|" .. select(2, pcall(httpc.request_uri, httpc, url))`
      const tell =
        phase === 'header_filter'
          ? `kong.response.set_header("X-Told", ${problem})`
          : `if ngx.arg[2] then ngx.arg[1] = ${problem} end`
      const drop =
        phase === 'body_filter'
          ? { header_filter: 'kong.response.clear_header("Content-Length")' }
          : {}
      const { headers, body } = await answerOf({ [phase]: asking(tell), ...drop })
      const told = phase === 'header_filter' ? headers.get('x-told') : body
      const text = `API disabled in the context of ${phase}_by_lua*`
      expect(told?.endsWith(`${text}|${text}`)).toBe(true)
    },
  )

  it('refuse to in log', async () => {
    const keep = 'kong.cache:get("told", nil, function() return problem end)'
    await answerOf({
      access: 'kong.response.exit(200)',
      log: `local problem = select(2, pcall(ngx.sleep, 0)) ${keep}`,
    })
    await vi.waitFor(async () => {
      const { body } = await answerOf({ access: 'kong.response.exit(200, kong.cache:get("told"))' })
      expect(body).toContain('API disabled in the context of log_by_lua*')
    })
  })
})

describe('what resty.http answers', () => {
  it.each<[what: string, code: string, expected: unknown]>([
    ['a refused connection', 'httpc:request_uri("http://127.0.0.1:1/")', 'connection refused'],
    [
      'a port that is none',
      'httpc:request_uri("http://127.0.0.1:99999/")',
      expect.stringContaining('99999'),
    ],
    [
      'a name that does not resolve',
      'httpc:request_uri("http://nothing.invalid/")',
      'nothing.invalid could not be resolved (3: Host not found)',
    ],
    [
      'a header that would be two',
      'httpc:request_uri(url, { headers = { a = "b\\r\\nc: d" } })',
      expect.stringContaining('would break the message'),
    ],
    [
      'a path that would be two lines',
      'httpc:request_uri(url, { path = "/ HTTP/1.1\\r\\na: b" })',
      expect.stringContaining('target'),
    ],
  ])('to %s', async (_, code, expected) => {
    auth.handle = (_req, res) => void res.end()
    expect(await valueOf(`false, select(2, ${code})`)).toEqual([false, expected])
  })

  it('to a service that does not answer in time', async () => {
    const held = auth.held()
    const told = valueOf('httpc:set_timeout(20), select(2, httpc:request_uri(url))')
    await (await held).closed
    expect(await told).toEqual([null, 'timeout'])
  })

  it.each<[what: string, bytes: number, expected: unknown]>([
    ['of the largest size', 8 * 1024 * 1024, [8 * 1024 * 1024]],
    ['of one byte more', 8 * 1024 * 1024 + 1, 'the body has more than 8388608 bytes'],
  ])('to a body %s', async (_, bytes, expected) => {
    auth.handle = (_req, res) => void res.end(Buffer.alloc(bytes))
    const code = `(function() local res, err = httpc:request_uri(url) return res and { #res.body } or err end)()`
    expect(await valueOf(code)).toEqual([expected])
  })

  it('to a connection that ends early', async () => {
    auth.handle = (_req, res) => void res.socket?.destroy()
    const [problem] = (await valueOf(
      'select(2, httpc:request_uri(url, { method = "POST" }))',
    )) as string[]
    expect(['closed', 'connection reset by peer']).toContain(problem)
  })
})

describe('resty.http over TLS', () => {
  const authority = createAuthority('somebody nobody trusts')
  const { cert, key } = issue(authority, { names: ['localhost'] })
  const server = https.createServer({ cert, key }, (req, res) => {
    res.end((req.socket as TLSSocket).servername as string)
  })
  beforeAll(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)))
  afterAll(() => {
    server.closeAllConnections()
    server.close()
  })

  it.each([
    ['checks who answers', '{}', /^2[01]: unable to /],
    ['does so where it is asked to', '{ ssl_verify = true }', /^2[01]: unable to /],
    ['asks anybody where it is told to', '{ ssl_verify = false }', /^localhost$/],
    ['names a server', '{ ssl_verify = false, ssl_server_name = "x.test" }', /^x\.test$/],
  ])('%s', async (_, params, expected) => {
    const { port } = server.address() as AddressInfo
    const code = `(function() local res, err = httpc:request_uri("https://localhost:${port}/", ${params})
      return res and res.body or err end)()`
    expect(await valueOf(code)).toEqual([expect.stringMatching(expected)])
  })
})

describe('a function that waits for too long', () => {
  it('is ended in access: the request to the service is aborted, and the client has a 500', async () => {
    const held = auth.held()
    const answer = answerOf(
      { access: asking('pcall(httpc.request_uri, httpc, url) ngx.say("on")') },
      { on: hasty },
    )
    await (await held).closed
    expect((await answer).status).toBe(500)
    expect((await answer).body).not.toContain('on\n')
  })

  it('is ended in exit-transformer, and the exit goes on as it was', async () => {
    const held = auth.held()
    const exits = [
      asking('return function(s, b, h) httpc:request_uri(url) return 200, "changed", h end'),
      'return function(s, b, h) h = h or {} h["X-Next"] = "ran" return s, b, h end',
    ]
    const answer = answerOf(
      { access: 'kong.response.exit(403, { no = true })' },
      { on: hasty, exits },
    )
    await (await held).closed
    const { status, headers, body } = await answer
    expect([status, headers.get('x-next'), body]).toEqual([403, 'ran', '{"no":true}'])
  })

  it('is ended while it sleeps', async () => {
    const { status } = await answerOf({ access: 'ngx.sleep(1000)' }, { on: hasty })
    expect(status).toBe(500)
  })
})

describe('a function whose client leaves', () => {
  /** Sends a request on a connection of its own, to be given up. */
  function send(path: string): net.Socket {
    const socket = net.connect(gateway.port, '127.0.0.1')
    socket.write(`GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`)
    return socket
  }

  it.each(['access', 'exit-transformer'])(
    'does not run on, in %s: the request to the service is aborted',
    async (where) => {
      const asked: (string | undefined)[] = []
      const first = Promise.withResolvers<http.ServerResponse>()
      auth.handle = (req, res) => {
        asked.push(req.url)
        if (req.url === '/first') first.resolve(res)
        else res.end()
      }
      const path = await routeAsking(where, 'pcall(httpc.request_uri, httpc, url .. "/first")')
      const socket = send(path)
      const res = await first.promise
      const closed = new Promise((done) => void res.once('close', done))
      // A client that only closes may be waiting for the answer still.
      socket.resetAndDestroy()
      await closed
      // Another request, whole, so that whatever would run on has had its turn.
      const { status } = await answerOf({ access: 'ngx.sleep(0.05) kong.response.exit(201)' })
      expect(status).toBe(201)
      expect(asked).toEqual(['/first'])
    },
  )

  /** A Route whose functions ask, and then ask for something else. */
  function routeAsking(where: string, ask: string): Promise<string> {
    const code = `${ask} httpc:request_uri(url .. "/second")`
    if (where === 'access') return routeWith({ access: asking(code) })
    const exits = [asking(`return function() ${code} end`)]
    return routeWith({ access: 'kong.response.exit(403, "no")' }, { exits })
  }
})

describe('a gateway that closes while a function waits', () => {
  it('ends the function, and has the request in its log', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'lua-waits-'))
    const file = path.join(folder, 'access.log')
    const closing = await startDataPlane({
      untrusted_functions: 'on',
      function_timeout_ms: String(LONG_MS),
      proxy_access_log: file,
    })
    const held = auth.held()
    const route = await routeWith({ access: asking('httpc:request_uri(url)') }, { on: closing })
    const answer = fetch(`${closing.url}${route}`).catch((error: Error) => error)
    const { closed } = await held
    await closing.close()
    await closed
    expect(await answer).toBeInstanceOf(Error)
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ path: route, status: 499 })
    rmSync(folder, { recursive: true })
  })
})

describe('ngx.sleep', () => {
  it.each([
    ['ngx.sleep(0)', true],
    ['ngx.sleep(0.001)', true],
    ['ngx.sleep("0.001")', true],
    ['ngx.sleep(-1)', 'invalid sleep duration "-1"'],
    ['ngx.sleep()', "bad argument #1 to 'sleep' (number expected)"],
    ['ngx.sleep({})', "bad argument #1 to 'sleep' (number expected)"],
  ])('%s', async (code, expected) => {
    const [told] = (await valueOf(
      `(function() local ok, err = pcall(function() ${code} end) return ok or err end)()`,
    )) as unknown[]
    if (expected === true) expect(told).toBe(true)
    else expect(told).toContain(expected)
  })
})
