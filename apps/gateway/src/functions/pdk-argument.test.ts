import { describe, expect, it } from 'vitest'
import { functionsOf } from '../../test/phase-lua-case.ts'

describe('nil, from a function that finds nothing,', () => {
  it.each([
    'kong.request.get_header("x")',
    'kong.request.get_query_arg("x")',
    'kong.request.get_forwarded_prefix()',
    'kong.client.get_consumer()',
    'kong.client.get_credential()',
    'kong.client.load_consumer("x", true)',
    'kong.router.get_route()',
    'kong.router.get_service()',
    'kong.tracing.active_span()',
    'ngx.decode_base64("%")',
    'ngx.parse_http_time("x")',
    'ngx.req.get_body_data()',
    'ngx.re.match("a", "b")',
  ])('is a value: %s', (call) => {
    expect(
      functionsOf('sandbox').valueOf(`{ tostring(${call}), select("#", ${call}) >= 1 }`),
    ).toEqual(['nil', true])
  })

  it.each([
    'kong.service.request.set_header("a", "b")',
    'kong.response.clear_header("a")',
    'kong.service.request.enable_buffering()',
    'kong.log("a")',
  ])('is none where nothing is asked for: %s', (call) => {
    expect(functionsOf('sandbox').valueOf(`select("#", ${call})`)).toBe(0)
  })
})

describe('what a header says, from a table or a number of Lua,', () => {
  it.each<[value: string, lines: readonly string[]]>([
    ['{ "a", "b" }', ['a', 'b']],
    ['{ [1] = "a", [2] = "b", x = "c" }', ['a', 'b']],
    ['{ "a", nil, "c" }', ['a']],
    ['{ [2] = "b" }', []],
    ['{ x = "c" }', []],
    ['{}', []],
    ['0.1 + 0.2', ['0.3']],
    ['1e15', ['1e+15']],
    ['12345678', ['12345678']],
    ['true', ['true']],
  ])('%s is sent as %j', (value, lines) => {
    const { run } = functionsOf('sandbox')
    const ctx = run(`local v = ${value}
      kong.response.set_header("X-One", v)
      kong.response.set_headers({ ["X-Two"] = v })
      kong.service.request.set_header("X-One", v)
      kong.service.request.add_header("X-Two", v)
      kong.service.request.set_headers({ ["X-Three"] = v })
      kong.response.exit(200, nil, { ["X-Three"] = v })`)
    const { response, upstreamRequest, exit } = ctx
    for (const headers of [response.headers, upstreamRequest.headers]) {
      expect([headers.getAll('X-One'), headers.getAll('X-Two')]).toEqual([lines, lines])
    }
    expect(upstreamRequest.headers.getAll('X-Three')).toEqual(lines)
    expect([exit?.headers?.['X-Three']].flat().map(String)).toEqual(lines)
  })

  it.each([
    ['{ 1 }', 'invalid header value in array "a": got number, expected string'],
    ['{ "a", {} }', 'invalid header value in array "a": got table, expected string'],
    ['print', 'got function, expected string, number, boolean or array of strings'],
    ['ngx.null', 'got userdata, expected string, number, boolean or array of strings'],
  ])('is refused: %s', (value, message) => {
    const { valueOf } = functionsOf('sandbox')
    for (const call of ['kong.response.set_headers, ', 'kong.response.exit, 200, "x", ']) {
      expect(valueOf(`select(2, pcall(${call} { a = ${value} }))`), call).toContain(message)
    }
  })

  it('names a name that is no text as it is', () => {
    const { valueOf } = functionsOf('sandbox')
    const call = 'select(2, pcall(kong.response.set_headers, { [5] = "a" }))'
    expect(valueOf(call)).toContain('invalid header name "5": got number, expected string')
  })
})

it('writes numbers in a query and in the log as Lua does', () => {
  const { run, lines } = functionsOf('sandbox')
  const set = 'kong.service.request.set_query({ a = { 0.1 + 0.2, "b" }, n = 1e15 })'
  expect(run(`${set} kong.log.warn(0.1 + 0.2, 1e15, 5)`).upstreamRequest.query).toBe(
    'a=0.3&a=b&n=1e%2B15',
  )
  expect(lines).toEqual(['warn [pre-function] 0.31e+155'])
})
