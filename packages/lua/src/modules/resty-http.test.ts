import { createServer, request as sendRequest, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  createLua,
  HostWait,
  type HostValue,
  type LuaHttp,
  type LuaHttpRequest,
  type LuaHttpResponse,
} from '../index.ts'

let server: Server
let port: number

beforeAll(async () => {
  server = createServer((req, res) => {
    const chunks: Buffer[] = []
    req.on('data', (chunk: Buffer) => chunks.push(chunk))
    req.on('end', () => {
      const { method, url, rawHeaders } = req
      const body = Buffer.concat(chunks).toString('latin1')
      res.writeHead(req.url === '/204' ? 204 : 201, {
        'X-Some-Name': 'v',
        'Set-Cookie': ['a=1', 'b=2', 'c=3'],
      })
      res.end(req.url === '/204' ? undefined : JSON.stringify({ method, url, rawHeaders, body }))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  port = (server.address() as AddressInfo).port
})
afterAll(() => void server.close())

/** Sends with Node's own client. */
const http: LuaHttp = (request) => {
  const sent = Promise.withResolvers<LuaHttpResponse>()
  const { host, method, path, headers, body } = request
  const req = sendRequest({ host, port: request.port, method, path, headers: headers as string[] })
  req.on('error', (error) => sent.reject(new Error('connection refused', { cause: error })))
  req.on('response', (res) => {
    const chunks: Buffer[] = []
    res.on('data', (chunk: Buffer) => chunks.push(chunk))
    res.on('end', () => {
      sent.resolve({
        status: res.statusCode as number,
        reason: res.statusMessage as string,
        headers: res.rawHeaders,
        body: Buffer.concat(chunks),
      })
    })
  })
  req.end(body)
  return new HostWait(sent.promise, () => req.destroy())
}

interface Ran {
  readonly values: HostValue[]
  readonly requests: readonly LuaHttpRequest[]
}

/** Runs a source that finds the server at `uri` and a client in `httpc`. */
async function run(source: string): Promise<Ran> {
  const requests: LuaHttpRequest[] = []
  const uri = `http://127.0.0.1:${port}`
  const lua = createLua({
    mode: 'on',
    globals: { uri, port },
    http: (request) => {
      requests.push(request)
      return http(request)
    },
  })
  const head = 'local http = require "resty.http" local httpc = http.new()'
  const call = lua.compile(`${head}\n${source}`).callWaiting()
  return { values: 'finish' in call ? await call.finish() : call, requests }
}

const valuesOf = async (source: string): Promise<HostValue[]> => (await run(source)).values

/** What the server was sent, after `request_uri(uri .. path, params)`. */
async function sent(params: string, path = '/a'): Promise<Record<string, unknown>> {
  const source = `return httpc:request_uri(uri .. "${path}", ${params}).body`
  const [body] = await valuesOf(source)
  return JSON.parse(body as string) as Record<string, unknown>
}

describe('httpc:request_uri()', () => {
  it('answers status, reason, headers and body', async () => {
    const source = `local res, err = httpc:request_uri(uri .. "/")
      return res.status, res.reason, res.has_body, #res.body > 0, err, res.headers["X-Some-Name"]`
    expect(await valuesOf(source)).toEqual([201, 'Created', true, true, undefined, 'v'])
  })

  it.each<[params: string, path: string, expected: object]>([
    ['nil', '/a?b=1', { method: 'GET', url: '/a?b=1', body: '' }],
    ['{ method = "POST", body = "text" }', '/a', { method: 'POST', body: 'text' }],
    ['{ method = "PUT", body = { "a", "b", 1 } }', '/a', { body: 'ab1' }],
    ['{ method = "POST", body = "\\0\\255" }', '/a', { body: '\0\xff' }],
    [
      '{ method = "POST", body = (function() local n = 0 return function() n = n + 1 return n < 4 and ("p" .. n) or nil end end)() }',
      '/a',
      { body: 'p1p2p3' },
    ],
    ['{ query = "x=1" }', '/a', { url: '/a?x=1' }],
    ['{ query = "?x=1" }', '/a?y=2', { url: '/a?x=1' }],
    ['{ query = {} }', '/a', { url: '/a' }],
    [
      '{ query = { a = "b c&d", l = { 1, 2 }, t = true, f = false } }',
      '/a',
      { url: '/a?a=b%20c%26d&l=1&l=2&t' },
    ],
    ['{ path = "/other" }', '/a?b=1', { url: '/other?b=1' }],
  ])('sends %s to %s', async (params, path, expected) => {
    expect(await sent(params, path)).toMatchObject(expected)
  })

  it('sends headers, with Host and User-Agent where there are none', async () => {
    const params =
      '{ headers = { ["X-A"] = "1", ["X-L"] = { "a", "b" }, ["content-length"] = 999, ["X-N"] = 5 } }'
    const { requests } = await run(`httpc:request_uri(uri, ${params})`)
    const host = ['Host', `127.0.0.1:${port}`, 'User-Agent', 'lua-resty-http (postern)']
    const own = ['X-A', '1', 'X-L', 'a', 'X-L', 'b', 'X-N', '5']
    expect(requests[0]?.headers).toEqual([...host, ...own])
    const named = await run(
      'httpc:request_uri(uri, { headers = { host = "h", ["user-agent"] = "u" } })',
    )
    expect(named.requests[0]?.headers).toEqual(['host', 'h', 'user-agent', 'u'])
  })

  it.each<[headers: string, expected: string[]]>([
    ['{ Host = "a", host = "b", ["X-A"] = "1" }', ['host', 'b']],
    ['{ ["X-A"] = "1", HOST = { "a", "b" } }', ['HOST', 'b']],
    ['{ Host = "a:80" }', ['Host', 'a:80']],
    ['{ Host = "[::1]:80" }', ['Host', '[::1]:80']],
    ['{ Host = "" }', ['Host', '']],
  ])('sends one Host line, the last of %s', async (headers, expected) => {
    const { requests } = await run(`httpc:request_uri(uri, { headers = ${headers} })`)
    const lines = requests[0]?.headers as string[]
    expect(lines.slice(0, 2)).toEqual(expected)
    expect(lines.filter((text) => text.toLowerCase() === 'host')).toHaveLength(1)
  })

  it('sends the Host of the URI where a list has none', async () => {
    const { requests } = await run('httpc:request_uri(uri, { headers = { Host = {} } })')
    expect(requests[0]?.headers.slice(0, 2)).toEqual(['Host', `127.0.0.1:${port}`])
  })

  it.each<[uri: string, params: string, problem: string | undefined]>([
    ['http://h/', '{ headers = { Host = "a b" } }', 'the Host header is no name of a host'],
    ['http://h/', '{ headers = { Host = "a/b" } }', 'the Host header is no name of a host'],
    ['http://h/', '{ headers = { Host = "a@b" } }', 'the Host header is no name of a host'],
    ['http://h/', '{ headers = { Host = "a\\n" } }', 'the Host header is no name of a host'],
    ['http://a b/', 'nil', 'the Host header is no name of a host'],
    ['http://h/', '{ path = "a" }', "path does not begin with '/'"],
    ['http://h/', '{ path = "" }', "path does not begin with '/'"],
    ['http://h/', '{ path = "http://other/" }', "path does not begin with '/'"],
    ['http://h:80a', 'nil', "path does not begin with '/'"],
    ['http://h/', '{ path = "*" }', "path does not begin with '/'"],
    ['http://h/', '{ path = "*", method = "OPTIONS" }', undefined],
    ['http://h:65535/', 'nil', undefined],
    ['http://h:65536/', 'nil', 'bad port number: 65536'],
  ])('asks %s with %s, or says why not: %s', async (target, params, problem) => {
    const sent: LuaHttpRequest[] = []
    const nobody: LuaHttp = (request) => {
      sent.push(request)
      return new HostWait(Promise.reject(new Error('nobody')))
    }
    const source = `return require("resty.http").new():request_uri("${target}", ${params})`
    const call = createLua({ mode: 'on', http: nobody }).compile(source).callWaiting()
    const values = 'finish' in call ? await call.finish() : call
    expect(values).toEqual([undefined, problem ?? 'nobody'])
    expect(sent).toHaveLength(problem === undefined ? 1 : 0)
  })

  it.each<[setting: string, expected: Partial<LuaHttpRequest>]>([
    ['', { connectTimeoutMs: 60_000, sendTimeoutMs: 60_000, readTimeoutMs: 60_000 }],
    ['httpc:set_timeout(5)', { connectTimeoutMs: 5, sendTimeoutMs: 5, readTimeoutMs: 5 }],
    ['httpc:set_timeouts(1, 2, 3)', { connectTimeoutMs: 1, sendTimeoutMs: 2, readTimeoutMs: 3 }],
    ['httpc:set_timeout(0)', { readTimeoutMs: 60_000 }],
    ['httpc:set_timeout(1e300)', { readTimeoutMs: 2 ** 31 - 1 }],
  ])('has the timeouts of %j', async (setting, expected) => {
    const { requests } = await run(`${setting} httpc:request_uri(uri)`)
    expect(requests[0]).toMatchObject(expected)
  })

  it.each<[uri: string, params: string, expected: Partial<LuaHttpRequest>]>([
    ['https://h', 'nil', { scheme: 'https', host: 'h', port: 443, isVerified: true }],
    [
      'https://h:8',
      '{ ssl_verify = false, ssl_server_name = "n" }',
      { port: 8, isVerified: false, serverName: 'n' },
    ],
    ['http://[::1]:9/x', 'nil', { host: '::1', port: 9, path: '/x', serverName: undefined }],
  ])('goes to %s with %s', async (target, params, expected) => {
    const requests: LuaHttpRequest[] = []
    const refuse: LuaHttp = (request) => {
      requests.push(request)
      return new HostWait(Promise.reject(new Error('timeout')))
    }
    const source = `return require("resty.http").new():request_uri("${target}", ${params})`
    const call = createLua({ mode: 'on', http: refuse }).compile(source).callWaiting()
    expect('finish' in call && (await call.finish())).toEqual([undefined, 'timeout'])
    expect(requests[0]).toMatchObject(expected)
  })

  it.each<[source: string, ...expected: HostValue[]]>([
    ['return httpc:request_uri("http://127.0.0.1:1/")', undefined, 'connection refused'],
    ['return httpc:request_uri("nonsense")', undefined, 'bad uri: nonsense'],
    ['return httpc:request_uri("//host/")', undefined, 'bad uri: //host/'],
    [
      'return httpc:request_uri(uri, { proxy_opts = {} })',
      undefined,
      'proxy_opts is not supported',
    ],
    [
      'return pcall(httpc.request_uri, {}, uri)',
      false,
      "bad argument #1 to 'request_uri' (http client expected)",
    ],
    [
      'return select(2, pcall(httpc.request_uri, httpc, uri, { body = true }))',
      'body must be a string, a table of strings or a function',
    ],
    [
      'local s = "" for _, u in ipairs { uri, uri } do local ok, res = pcall(httpc.request_uri, httpc, u) s = s .. res.status end return s',
      '201201',
    ],
  ])('answers what went wrong: %s', async (source, ...expected) => {
    expect(await valuesOf(source)).toEqual(expected)
  })
})

describe('res.headers', () => {
  it.each<[source: string, ...expected: HostValue[]]>([
    ['return h["X-Some-Name"], h["x-some-name"], h.x_some_name, h.X_SOME_NAME', 'v', 'v', 'v', 'v'],
    ['return h["set-cookie"]', ['a=1', 'b=2', 'c=3']],
    ['return h.none, h[1]', undefined, undefined],
    ['h.x_some_name = "w" h.x_new = "n" return h["X-Some-Name"], h["X-New"]', 'w', 'n'],
    ['local n = 0 for k in pairs(h) do if k == "X-Some-Name" then n = n + 1 end end return n', 1],
  ])('%s', async (source, ...expected) => {
    expect(await valuesOf(`local h = httpc:request_uri(uri).headers ${source}`)).toEqual(expected)
  })
})

describe('httpc:connect() and httpc:request()', () => {
  const PARAMS = '{ method = "POST", path = "/p", body = "b" }'

  it.each([
    'httpc:connect("127.0.0.1", port)',
    'httpc:connect { host = "127.0.0.1", port = port }',
    'httpc:connect { scheme = "http", host = "127.0.0.1", port = port }',
  ])('send a request after %s', async (connect) => {
    const source = `local ok, err = ${connect}
      local res = httpc:request(${PARAMS})
      local body = res:read_body()
      return ok, err, res.status, require("cjson").decode(body).url, res:read_body(),
        httpc:set_keepalive(), httpc:close()`
    expect(await valuesOf(source)).toEqual([1, undefined, 201, '/p', '', 1, 1])
  })

  it.each<[source: string, ...expected: HostValue[]]>([
    [`return httpc:request(${PARAMS})`, undefined, 'closed'],
    ['httpc:connect("h", 1) httpc:close() return httpc:close()', undefined, 'closed'],
    ['return httpc:ssl_handshake()', undefined, 'closed'],
    ['return httpc:connect("", 80)', undefined, 'failed to parse host name "": no host'],
    ['return httpc:connect { host = "" }', undefined, 'failed to parse host name "": no host'],
    ['return httpc:connect("h", 65536)', undefined, 'bad port number: 65536'],
    ['return httpc:connect("h", -1)', undefined, 'bad port number: -1'],
    ['return httpc:connect("h", 80.5)', undefined, 'bad port number: 80.5'],
    ['return httpc:connect("h", 65535)', 1],
    [
      'return httpc:connect { host = "h", proxy_opts = {} }',
      undefined,
      'proxy_opts is not supported',
    ],
    [
      'httpc:connect("127.0.0.1", port) local r = httpc:request { path = "/204" } return r.status, r.has_body, r:read_body()',
      204,
      false,
      '',
    ],
    [
      'httpc:connect("127.0.0.1", port) local r = httpc:request {} local n = 0 for piece in r.body_reader do n = n + 1 end return n',
      1,
    ],
  ])('%s', async (source, ...expected) => {
    expect(await valuesOf(source)).toEqual(expected)
  })

  it('hand over what TLS asks for', async () => {
    const { requests } = await run(
      'httpc:connect("127.0.0.1", port) httpc:ssl_handshake(nil, "name", false) httpc:request {}',
    )
    expect(requests[0]).toMatchObject({ scheme: 'https', serverName: 'name', isVerified: false })
  })
})

describe('http.parse_uri()', () => {
  it.each<[uri: string, keeps: string, expected: HostValue]>([
    ['http://h', 'nil', ['http', 'h', 80, '/', '']],
    ['https://h/p?q=1', 'nil', ['https', 'h', 443, '/p?q=1']],
    ['https://h:8/p?q=1', 'false', ['https', 'h', 8, '/p', 'q=1']],
    ['http://[::1]:8', 'true', ['http', '[::1]', 8, '/', '']],
  ])('takes %s apart', async (uri, keeps, expected) => {
    expect(await valuesOf(`return httpc:parse_uri("${uri}", ${keeps})`)).toEqual([expected])
  })
})

describe('resty.http', () => {
  it('is not there without a host that sends', () => {
    const source = 'return pcall(require, "resty.http")'
    const answer = [false, expect.stringContaining("module 'resty.http' not found")]
    expect(createLua({ mode: 'on' }).compile(source).call()).toEqual(answer)
  })

  it('is refused in a sandbox that does not name it', () => {
    const source = 'return pcall(require, "resty.http")'
    const answer = [false, expect.stringContaining('not allowed within sandbox')]
    expect(createLua({ http }).compile(source).call()).toEqual(answer)
  })

  it('pays for the body', async () => {
    const body = new Uint8Array(2_000_000)
    const big: LuaHttp = () =>
      new HostWait(Promise.resolve({ status: 200, reason: 'OK', headers: [], body }))
    const lua = createLua({ mode: 'on', http: big, memory: 1_000_000 })
    const call = lua.compile('require("resty.http").new():request_uri("http://h")').callWaiting()
    await expect('finish' in call && call.finish()).rejects.toMatchObject({ exceeded: 'memory' })
  })
})

describe('what a request is made of', () => {
  const many = 'local t = {} for i = 1, 5000 do t["n" .. i] = shared end'

  it.each([
    ['a text many times in the body', '{ body = shared }', '("x"):rep(100000)', 'memory'],
    ['one list for many headers', `{ headers = many }`, '"x"', 'memory'],
    ['one list for many arguments', `{ query = many }`, 'false', 'fuel'],
    ['one long text for many headers', '{ headers = long }', '"x"', 'memory'],
  ])('is charged before it is made: %s', async (_, params, item, exceeded) => {
    const nobody: LuaHttp = () => {
      throw new Error('nothing is sent')
    }
    const source = `local httpc, item, shared = require("resty.http").new(), ${item}, {}
      for i = 1, 10000 do shared[i] = item end
      ${many} local many = t
      local text, long = ("x"):rep(100000), {}
      for i = 1, 1000 do long["n" .. i] = text end
      return httpc:request_uri("http://a/", ${params})`
    const lua = createLua({ mode: 'on', http: nobody, fuel: 20_000_000 })
    expect(() => lua.compile(source).callWaiting()).toThrow(expect.objectContaining({ exceeded }))
  })
})
