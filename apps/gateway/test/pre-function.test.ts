import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type DataPlane, startDataPlane } from './data-plane.ts'
import { type RecordingUpstream, startRecordingUpstream } from './recording-upstream.ts'

let upstream: RecordingUpstream
let gateway: DataPlane
let count = 0

beforeAll(async () => {
  upstream = await startRecordingUpstream((_received, res) => {
    res.writeHead(200, { 'content-type': 'text/plain', 'X-Up': ['u1', 'u2'] })
    res.write('Hello ')
    setTimeout(() => res.end('world'), 5)
  })
  gateway = await startDataPlane()
})
afterAll(async () => {
  await gateway?.close()
  await upstream?.close()
})

type Sources = Partial<
  Record<'rewrite' | 'access' | 'header_filter' | 'body_filter' | 'log', string | string[]>
>

interface Sent extends RequestInit {
  readonly path?: string
}

/** A Route of its own with these functions, and what a request to it is answered. */
async function answerOf(sources: Sources, sent: Sent = {}) {
  const { path = '', ...init } = sent
  const prefix = await routeWith(sources)
  upstream.received.length = 0
  const res = await fetch(`${gateway.url}${prefix}${path}`, init)
  return { status: res.status, headers: res.headers, body: await res.text() }
}

async function routeWith(sources: Sources, name = 'pre-function'): Promise<string> {
  const prefix = `/r${count++}`
  const url = new URL(upstream.url)
  const service = await gateway.add('services', { host: url.hostname, port: Number(url.port) })
  const route = await gateway.add('routes', { paths: [prefix], service: { id: service.id } })
  const config = Object.fromEntries(Object.entries(sources).map(([k, v]) => [k, [v].flat()]))
  await gateway.add('plugins', { name, config, route: { id: route.id } })
  return prefix
}

const json = (text: string): unknown => JSON.parse(text)

describe('kong in a Lua function of access', () => {
  it.each<[expression: string, value: unknown, sent?: Sent]>([
    ['kong.request.get_method()', 'PUT', { method: 'PUT' }],
    ['kong.request.get_path_with_query():match("%?.*")', '?a=1', { path: '?a=1' }],
    ['kong.request.get_query_arg("a")', '1', { path: '?a=1&a=2' }],
    ['kong.request.get_query_arg("a")', true, { path: '?a' }],
    ['kong.request.get_query()', { a: ['1', '2'], b: true }, { path: '?a=1&a=2&b' }],
    ['select(2, kong.request.get_query(1))', 'truncated', { path: '?a=1&b=2' }],
    ['kong.request.get_headers()["X_Some_Header"]', 'v', { headers: { 'X-Some-Header': 'v' } }],
    ['kong.request.get_headers().x_none == nil', true],
    ['kong.request.get_header("user-agent")', 'me', { headers: { 'User-Agent': 'me' } }],
    ['kong.request.get_raw_body()', 'text', { method: 'POST', body: 'text' }],
    ['kong.request.get_raw_body()', ''],
    ['{ kong.request.get_body() }', [{ a: 1 }, null, 'application/json'], posted('{"a":1}')],
    ['{ kong.request.get_body() }', [null, 'invalid json body', 'application/json'], posted('{')],
    ['{ kong.request.get_body("application/json") }', [[1]], { method: 'POST', body: '[1]' }],
    ['kong.client.get_ip()', '127.0.0.1'],
    ['kong.client.get_consumer() == nil', true],
    ['kong.router.get_route().paths[1] ~= nil', true],
    ['kong.router.get_route().name == nil', true],
    ['kong.router.get_service().port > 0', true],
    ['type(kong.node.get_id())', 'string'],
    ['{ kong.service.set_upstream("nope") }', [null, "could not find an Upstream named 'nope'"]],
    ['kong.nginx.get_subsystem()', 'http'],
    ['kong.ip.is_trusted("127.0.0.1")', false],
    ['kong.table.merge({ a = 1, b = 1 }, { b = 2 })', { a: 1, b: 2 }],
    ['type(kong.configuration.prefix)', 'string'],
    ['{ kong.version_num >= 0, type(kong.version) }', [true, 'string']],
    ['{ pcall(kong.response.get_status) }', [false, expect.stringContaining('access phase')]],
    ['{ pcall(kong.request.get_header, 5) }', [false, 'header name must be a string']],
    ['kong.request.get_uri_captures().unnamed', {}],
    ['{ type(kong.vault.get), type(kong.cache.get) }', ['function', 'function']],
    [
      '{ kong.request.get_body("application/json;a=b") }',
      [[1], null, 'application/json'],
      { method: 'POST', body: '[1]' },
    ],
    ['{ kong.request.get_raw_body(4) }', ['text'], { method: 'POST', body: 'text' }],
  ])('%s is %j', async (expression, value, sent) => {
    const source = `local v = ${expression}\nkong.response.exit(200, { v = v })`
    const { body } = await answerOf({ access: source }, sent)
    const got = (json(body) as { v: unknown }).v
    expect(Array.isArray(got) && Array.isArray(value) ? padded(got, value) : got).toEqual(value)
  })
})

/** A nil in front of the end of a list is null; one at its end is not there. */
function padded(got: readonly unknown[], value: readonly unknown[]): unknown[] {
  return value.map((_, i) => got[i] ?? null)
}

function posted(body: string): Sent {
  return { method: 'POST', body, headers: { 'Content-Type': 'application/json; charset=utf-8' } }
}

it('numbers captures of the path from 0', async () => {
  const prefix = `/c${count++}`
  const route = await gateway.add('routes', { paths: [`~${prefix}/(?<rest>.+)`] })
  const source = `local c = kong.request.get_uri_captures()
    kong.response.exit(200, { c.unnamed[0], c.unnamed[1], c.named.rest, c })`
  const config = { access: [source] }
  await gateway.add('plugins', { name: 'pre-function', config, route: { id: route.id } })
  const captures = { unnamed: { 0: `${prefix}/x`, 1: 'x' }, named: { rest: 'x' } }
  const res = await fetch(`${gateway.url}${prefix}/x`)
  expect(await res.json()).toEqual([`${prefix}/x`, 'x', 'x', captures])
})

describe('bodies of kong.response.exit from Lua', () => {
  it.each<[body: string, status: number, text: string]>([
    ['{ a = "\\255" }', 200, '{"a":"\ufffd"}'],
    ['{ { 1, 2 }, {} }', 200, '[[1,2],{}]'],
    ['{ [1] = "a", [3] = "c" }', 200, '["a",null,"c"]'],
    ['"\\226\\130\\172"', 200, '€'],
    ['{ f = function() end }', 500, 'An unexpected error occurred'],
    ['{ { 0 / 0 } }', 500, 'An unexpected error occurred'],
    ['{ [true] = 1 }', 500, 'An unexpected error occurred'],
    ['function() end', 500, 'An unexpected error occurred'],
    ['ngx.null', 500, 'An unexpected error occurred'],
    ['5', 500, 'An unexpected error occurred'],
    ['"x", { ["X-A"] = function() end }', 500, 'An unexpected error occurred'],
  ])('%s', async (body, status, text) => {
    const answer = await answerOf({ access: `kong.response.exit(200, ${body})` })
    expect(answer.status).toBe(status)
    expect(answer.body).toContain(text)
  })
})

describe('ngx in a Lua function of access', () => {
  it.each<[expression: string, value: unknown, sent?: Sent]>([
    ['ngx.var.request_method', 'GET'],
    ['ngx.var.http_user_agent', 'me', { headers: { 'User-Agent': 'me' } }],
    ['ngx.req.get_headers()["user-agent"]', 'me', { headers: { 'User-Agent': 'me' } }],
    ['(function() ngx.req.read_body() return ngx.req.get_body_data() end)()', 'x', raw('x')],
    ['(function() ngx.req.read_body() return ngx.req.get_body_data() == nil end)()', true],
    ['ngx.req.get_post_args().a', '1', raw('a=1')],
    ['(function() ngx.ctx.a = { b = 1 } ngx.ctx.a.b = 2 return ngx.ctx.a.b end)()', 2],
    ['ngx.decode_base64("aGk=")', 'hi'],
    ['ngx.get_phase()', 'access'],
    ['ngx.status', 0],
    ['ngx.null', null],
    ['{ pcall(function() return ngx.arg[1] end) }', [false, expect.stringContaining('ngx.arg')]],
    ['ngx.timer == nil and ngx.socket == nil', true],
  ])('%s is %j', async (expression, value, sent) => {
    const source = `local v = ${expression}\nkong.response.exit(200, { v = v })`
    expect(json((await answerOf({ access: source }, sent)).body)).toEqual({ v: value })
  })

  it.each<[source: string, status: number, body: string]>([
    ['ngx.say("a", 1, true) ngx.print({"b", {"c"}})', 200, 'a1true\nbc'],
    ['ngx.status = 418 ngx.say("tea") ngx.exit(ngx.HTTP_OK)', 418, 'tea\n'],
    ['ngx.exit(403) error("not reached")', 403, ''],
    ['pcall(ngx.exit, 403) error("not reached")', 403, ''],
    ['ngx.exit(ngx.ERROR)', 500, ''],
    ['ngx.exit(ngx.OK) error("not reached")', 200, 'Hello world'],
    ['error("boom")', 500, expect.stringContaining('An unexpected error occurred')],
  ])('%s answers %j', async (source, status, body) => {
    const answer = await answerOf({ access: source })
    expect([answer.status, answer.body]).toEqual([status, body])
  })

  it('redirects', async () => {
    const source = 'return ngx.redirect("https://" .. ngx.var.host .. "/new", 301)'
    const { status, headers } = await answerOf({ access: source }, { redirect: 'manual' })
    expect([status, headers.get('location')]).toEqual([301, 'https://127.0.0.1/new'])
  })
})

function raw(body: string): Sent {
  return { method: 'POST', body }
}

describe('what a Lua function changes of the request', () => {
  it.each<[source: string, seen: object]>([
    ['kong.service.request.set_path("/new path")', { target: '/new%20path' }],
    ['kong.service.request.set_method("DELETE")', { method: 'DELETE' }],
    ['kong.service.request.set_query({ b = { "x", "y" }, a = true })', { target: '/?a&b=x&b=y' }],
    ['kong.service.request.set_header("X-A", "1")', { headers: { 'x-a': '1' } }],
    [
      'kong.service.request.set_headers({ ["X-A"] = { "1", "2" } })',
      { headers: { 'x-a': '1, 2' } },
    ],
    ['kong.service.request.set_body({ a = 1 }, "application/json")', { body: '{"a":1}' }],
    ['kong.service.request.set_raw_body("raw")', { body: 'raw' }],
    [
      'ngx.req.set_header("X-B", "2") ngx.req.clear_header("User-Agent")',
      { headers: { 'x-b': '2' } },
    ],
    ['ngx.req.set_uri("/u") ngx.req.set_uri_args({ a = 1 })', { target: '/u?a=1' }],
    ['ngx.req.set_method(ngx.HTTP_PUT)', { method: 'PUT' }],
  ])('%s', async (source, seen) => {
    await answerOf({ access: source }, { method: 'POST', body: '' })
    expect(upstream.received[0]).toMatchObject(seen)
  })
})

describe('Lua functions of the later phases', () => {
  it('sets headers in access that go out ahead of the Service’s, but for what is said of the body', async () => {
    const { headers, body } = await answerOf({
      access: `
        kong.response.set_header("Content-Type", "application/json")
        kong.response.set_header("Content-Length", "3")
        kong.response.set_header("X-Up", "mine")`,
    })
    expect(headers.get('content-type')).toBe('text/plain')
    expect(headers.get('x-up')).toBe('mine, u1, u2')
    expect(body).toBe('Hello world')
  })

  it('does not see Via in header_filter, and cannot change it', async () => {
    const source = `
      kong.response.set_header("X-Seen", tostring(kong.response.get_header("Via")))
      kong.response.set_header("Via", "1.1 nobody")`
    const { headers } = await answerOf({ header_filter: source })
    expect(headers.get('X-Seen')).toBe('nil')
    expect(headers.get('Via')).toMatch(/^1\.1 postern\/\d+\.\d+\.\d+$/)
  })

  it('changes the head in header_filter', async () => {
    const source = [
      'local h = kong.response.get_headers()',
      'kong.response.set_header("X-Got", h.x_up[1] .. h["X-UP"][2])',
      'kong.response.clear_header("x-up")',
      'ngx.header["X-Ngx"] = ngx.header.x_got',
      'ngx.status = 202',
    ].join('\n')
    const { status, headers } = await answerOf({ header_filter: source })
    expect([status, headers.get('x-got'), headers.get('x-up')]).toEqual([202, 'u1u2', null])
    expect(headers.get('x-ngx')).toBe('u1u2')
  })

  it.each<[source: string, body: string]>([
    ['ngx.arg[1] = ngx.arg[1]:upper()', 'HELLO WORLD'],
    ['if ngx.arg[2] then ngx.arg[1] = ngx.arg[1] .. "!" end', 'Hello world!'],
    ['ngx.arg[1] = nil', ''],
    ['ngx.arg[1] = "only" ngx.arg[2] = true', 'only'],
    ['local b = kong.response.get_raw_body() if b then kong.response.set_raw_body(#b) end', ''],
    [
      'local b = kong.response.get_raw_body() if b then kong.response.set_raw_body("<" .. b .. ">") end',
      '<Hello world>',
    ],
    [
      'ngx.ctx.all = (ngx.ctx.all or "") .. ngx.arg[1] ngx.arg[1] = ngx.arg[2] and ngx.ctx.all or nil',
      'Hello world',
    ],
  ])('changes the body in body_filter: %s', async (source, body) => {
    const sources = {
      header_filter: 'kong.response.clear_header("Content-Length")',
      body_filter: source,
    }
    const answer = await answerOf(sources).catch(() => ({ body: '' }))
    expect(answer.body).toBe(body)
  })

  it('shares kong.ctx between phases and plugins', async () => {
    const { headers } = await answerOf({
      access: 'kong.ctx.shared.list = { 1 } kong.ctx.plugin.own = "mine"',
      header_filter: [
        'table.insert(kong.ctx.shared.list, 2)',
        'kong.response.set_header("X-List", table.concat(kong.ctx.shared.list, ","))',
        'kong.response.set_header("X-Own", kong.ctx.plugin.own)',
      ],
    })
    expect([headers.get('x-list'), headers.get('x-own')]).toEqual(['1,2', 'mine'])
  })
})

describe('initialisers and order', () => {
  it('runs an initialiser once and its function for each request', async () => {
    const source = 'local n = 0 return function() n = n + 1 kong.response.exit(200, "n=" .. n) end'
    const prefix = await routeWith({ access: source })
    const bodies: string[] = []
    for (let i = 0; i < 3; i++) bodies.push(await (await fetch(gateway.url + prefix)).text())
    expect(bodies).toEqual(['n=1', 'n=2', 'n=3'])
  })

  it('skips the functions after an exit', async () => {
    const access = ['kong.response.exit(403, "first")', 'kong.response.exit(500, "second")']
    expect((await answerOf({ access })).body).toBe('first')
  })

  it('ends a function that never would', async () => {
    const { status } = await answerOf({ access: 'while true do end' })
    expect(status).toBe(500)
  })
})

describe('JavaScript functions', () => {
  it.each<[source: string, status: number, body: unknown]>([
    [
      '(kong) => kong.response.exit(403, { message: kong.request.getMethod() })',
      403,
      { message: 'GET' },
    ],
    ['() => { kong.response.exit(403, { message: "global" }) }', 403, { message: 'global' }],
    ['async (kong) => { await 1; kong.response.exit(202, { n: 1 }) }', 202, { n: 1 }],
    [
      '(kong) => { try { kong.response.exit(403, {}) } catch {} kong.response.exit(500, {}) }',
      403,
      {},
    ],
    [
      '(kong) => { kong.response.setHeader("X-A", "1"); kong.response.exit(200, { a: 1 }) }',
      200,
      { a: 1 },
    ],
    [
      'export default (kong) => kong.response.exit(200, kong.request.getHeaders())',
      200,
      expect.objectContaining({ host: expect.any(String) }),
    ],
    ['(kong: any): void => { kong.response.exit(418, { typed: true }) }', 418, { typed: true }],
  ])('%s', async (source, status, body) => {
    const answer = await answerOf({ access: source })
    expect([answer.status, json(answer.body)]).toEqual([status, body])
  })

  it('changes the request for the Service', async () => {
    const source = `(kong) => {
      kong.service.request.setHeader('X-Path', kong.request.getPath())
      kong.service.request.set_query({ a: '1' })
      kong.ctx.shared.seen = true
    }`
    const { headers } = await answerOf({
      access: source,
      header_filter: 'kong.response.set_header("X-Seen", tostring(kong.ctx.shared.seen))',
    })
    expect(upstream.received[0]).toMatchObject({ target: '/?a=1' })
    expect(upstream.received[0]?.headers['x-path']).toMatch(/^\/r/)
    expect(headers.get('x-seen')).toBe('true')
  })

  it('reads the body where it asks for it', async () => {
    const source =
      '(kong) => kong.response.exit(200, { raw: kong.request.getRawBody(), body: kong.request.getBody() })'
    const { body } = await answerOf({ access: source }, posted('{"a":[1]}'))
    expect(json(body)).toEqual({ raw: '{"a":[1]}', body: { a: [1] } })
  })

  it('tells nothing as undefined', async () => {
    const source = `(kong) => kong.response.exit(200, [
      kong.client.getConsumer(), kong.client.get_credential(), kong.request.getBody()
    ].map((value) => typeof value))`
    const { body } = await answerOf({ access: source })
    expect(json(body)).toEqual(['undefined', 'undefined', 'undefined'])
  })

  it.each([
    {
      access: '(kong) => kong.service.request.enableBuffering()',
      status: 202,
      text: 'HELLO WORLD',
    },
    { access: '() => {}', status: 500, text: 'An unexpected error occurred' },
  ])('reads the response where it is buffered: $access', async ({ access, status, text }) => {
    const header_filter = `(kong) => {
      const body = kong.service.response.getRawBody()
      kong.response.exit(202, body.toUpperCase() + kong.service.response.getBody())
    }`
    const { body, ...answer } = await answerOf({ access, header_filter })
    expect([answer.status, body]).toEqual([status, expect.stringContaining(text)])
  })

  it('runs in header_filter and log', async () => {
    const { headers } = await answerOf({
      header_filter: '(kong) => kong.response.setHeader("X-Source", kong.response.getSource())',
      log: '(kong) => kong.log.notice(kong.response.getStatus())',
    })
    expect(headers.get('x-source')).toBe('service')
  })

  it('is a 500 when it throws', async () => {
    expect((await answerOf({ access: '() => { throw new Error("boom") }' })).status).toBe(500)
  })

  it.each([
    ['body_filter', '(kong) => {}', 'JavaScript cannot run in body_filter'],
    ['body_filter', '(kong: unknown): void => {}', 'TypeScript cannot run in body_filter'],
    ['access', 'not lua(', "unexpected symbol near 'not'"],
  ])('is refused when saved: %s %s', async (phase, source, message) => {
    await expect(routeWith({ [phase]: source })).rejects.toThrow(message)
  })
})

describe('post-function', () => {
  it('comes after the others', async () => {
    const prefix = await routeWith({ access: 'kong.response.exit(404, "post")' }, 'post-function')
    expect(await (await fetch(gateway.url + prefix)).text()).toBe('post')
  })
})
