// One file because its tables all run the same: a source, compiled once, on the same exit.
import { describe, expect, it } from 'vitest'
import { publicExampleCases } from './public-examples.cases.ts'
import { answerOf, caseRequest, type CaseRequest, expectedAnswer, logLines } from './run-case.ts'
import { seedFunctionCases } from './seeds.cases.ts'
import { createLuaFunctions, type LuaFunctionsOptions } from './lua-functions.ts'

const REQUIRES = ['resty.template', 'kong.tools.utils', 'cjson', 'cjson.safe']

/**
 * Milliseconds of a call where its end is not the subject: the time that the host takes is charged
 * by the clock, and a busy machine stops a process for longer than functions have.
 */
const LONG_MS = 10_000

/** For what does not end by itself. */
const SHORT_MS = 50

function lua(options: Partial<LuaFunctionsOptions> = {}) {
  const { log, lines } = logLines()
  const compile = createLuaFunctions({
    mode: 'sandbox',
    requires: REQUIRES,
    environment: [],
    log,
    ...options,
  })
  return { compile, lines, log }
}

/** Compiles a source and runs it once, or more often, on a 401. */
function run(
  source: string,
  request: CaseRequest = {},
  options: Partial<LuaFunctionsOptions> = {},
) {
  const { compile } = lua(options)
  const fn = compile(source, {
    name: 'exit-transformer[1]',
    language: 'lua',
    timeoutMs: request.timeoutMs ?? LONG_MS,
    isShadow: request.isShadow ?? false,
  })
  const at = caseRequest(request)
  return { at, call: () => at.reduce(fn, { status: 401, body: { message: 'no key' } }) }
}

/** What an expression is in a function: it comes back as the body. */
function valueOf(expression: string, request: CaseRequest = {}) {
  const { at, call } = run(
    `return function(s, b, h) return s, { value = ${expression} }, h end`,
    request,
  )
  const exit = call()
  expect(at.lines).toEqual([])
  return (exit as { body: { value?: unknown } }).body.value
}

describe.each([...seedFunctionCases, ...publicExampleCases])('$name', ({ lua: source, rows }) => {
  it.each(rows.filter((row) => row.only !== 'javascript'))('$title', async (row) => {
    const { compile } = lua()
    const fn = compile(source, {
      name: 'exit-transformer[1]',
      language: 'lua',
      timeoutMs: LONG_MS,
      isShadow: false,
    })
    const at = caseRequest({ headers: row.request })
    expect(answerOf(await at.reduce(fn, row.exit), row)).toEqual(expectedAnswer(row))
    const failures = at.lines.filter((line) => line.startsWith('err '))
    if (row.fails === undefined) expect(failures).toEqual([])
    else expect(failures).toEqual([expect.stringContaining(row.fails)])
  })
})

describe("a chunk of Kong's form", () => {
  it('runs its top level once, and keeps its locals', () => {
    const { call } = run(`
      local count = 0
      return function(s, b, h) count = count + 1 return s, { count = count }, h end`)
    expect([call(), call(), call()].map((exit) => (exit as { body: unknown }).body)).toEqual([
      { count: 1 },
      { count: 2 },
      { count: 3 },
    ])
  })

  it('is loaded again at each call while it fails, and told once each time', () => {
    const { call, at } = run('error("not today") return function(s, b, h) return 200 end')
    expect([call(), call()]).toMatchObject([{ status: 401 }, { status: 401 }])
    expect(at.lines).toEqual([
      expect.stringContaining('exit-transformer[1]:1: not today'),
      expect.stringContaining('exit-transformer[1]:1: not today'),
    ])
  })

  it('is ended when its top level does not end', () => {
    const source = 'while true do end return function(s, b, h) return 200 end'
    const { call, at } = run(source, { timeoutMs: SHORT_MS })
    expect(call()).toMatchObject({ status: 401 })
    expect(at.lines).toEqual([expect.stringContaining('was ended and was skipped')])
  })

  it('shares no globals with another chunk', () => {
    const { compile } = lua()
    const options = { name: 'f', language: 'lua', timeoutMs: LONG_MS, isShadow: false } as const
    const writer = compile('leak = 1 return function(s, b, h) return s, { v = leak } end', options)
    const reader = compile('return function(s, b, h) return s, { v = tostring(leak) } end', options)
    const at = caseRequest({})
    expect(at.reduce(writer, { status: 401 })).toMatchObject({ body: { v: 1 } })
    expect(at.reduce(reader, { status: 401 })).toMatchObject({ body: { v: 'nil' } })
  })
})

describe("a chunk of APISIX's form", () => {
  it('is given the three values at each call', () => {
    const { call } = run('local code, body, headers = ... return code + 1, body, headers')
    expect([call(), call()]).toMatchObject([{ status: 402 }, { status: 402 }])
  })

  it('is given a table of headers where an exit has none', () => {
    const { call } = run('local s, b, h = ... h["X-Code"] = tostring(s) return s, b, h')
    expect(call()).toMatchObject({ headers: { 'X-Code': '401' } })
  })

  it('that hands back the empty table changes nothing', () => {
    const { call, at } = run('return ...')
    expect(call()).toMatchObject({ status: 401, headers: undefined })
    expect(at.counters).toMatchObject({ calls: 1, changed: 0 })
  })

  it("alone: a function of Kong's form gets nil", () => {
    const { call } = run('return function(s, b, h) return s, { type = type(h) }, h end')
    expect([call(), call()]).toMatchObject([{ body: { type: 'nil' } }, { body: { type: 'nil' } }])
  })

  it.each(['local code = ... return', 'if ... == 404 then return 410 end'])(
    'that returns nothing (%s) changes nothing',
    (source) => {
      const { call, at } = run(source)
      expect(call()).toMatchObject({ status: 401, body: { message: 'no key' } })
      expect(at.lines).toEqual([])
    },
  )

  it.each([
    'local x = 1',
    'return',
    '-- all of it is a comment',
    'return 1',
    'return {}',
    'return "200"',
    'return 200, true',
  ])('that returns nonsense (%s) is skipped', (source) => {
    const { call, at } = run(source)
    expect(call()).toMatchObject({ status: 401 })
    expect(at.lines).toEqual([expect.stringContaining('answered nonsense')])
  })
})

describe('limits of a Lua function', () => {
  it.each([
    { name: 'an endless loop', source: 'return function() while true do end end' },
    { name: 'endless recursion', source: 'local function f() return 1 + f() end return f' },
    {
      name: 'a string that grows',
      source: 'return function() local s = "x" while true do s = s .. s end end',
    },
    {
      name: 'a loop inside pcall',
      source: 'return function() while true do pcall(function() while true do end end) end end',
    },
  ])('end $name', ({ source }) => {
    const { call, at } = run(source, { timeoutMs: SHORT_MS })
    expect(call()).toMatchObject({ status: 401 })
    expect(at.lines).toEqual([expect.stringContaining('exit-transformer[1] was ended')])
    expect(at.counters.kills).toBe(1)
  })

  it('grow with the time that the configuration gives', () => {
    const loop = 'return function(s) for i = 1, 3000000 do end return 200 end'
    expect(run(loop, { timeoutMs: 1 }).call()).toMatchObject({ status: 401 })
    expect(run(loop, { timeoutMs: 1000 }).call()).toMatchObject({ status: 200 })
  })
})

describe('kong in a Lua function', () => {
  const request = {
    headers: { Accept: 'text/html', 'X-Twice': 'a' },
    target: '/a/b?x=1&y',
  }

  it.each([
    ['kong.request.get_method()', 'GET'],
    ['kong.request.get_path()', '/a/b'],
    ['kong.request.get_header("accept")', 'text/html'],
    ['kong.request.get_header("ACCEPT")', 'text/html'],
    ['kong.request.get_header("none")', undefined],
    ['kong.request.get_headers()["x-twice"]', 'a'],
    ['kong.request.get_query_arg("x")', '1'],
    ['kong.request.get_query().y', true],
    ['kong.request.get_raw_query()', 'x=1&y'],
    ['kong.client.get_ip()', '127.0.0.1'],
    ['kong.router.get_route().name', 'r'],
    ['kong.router.get_service().id', 'service-1'],
    ['kong.client.get_consumer()', undefined],
    ['kong.response.get_status()', 200],
    ['type(kong.response.exit)', 'function'],
    ['type(kong.node.get_id())', 'string'],
    ['require("cjson").empty_array', []],
    ['kong.exit.reason', 'plugin.exit'],
    ['kong.exit.source', 'exit'],
    ['kong.exit.plugin', 'refuser'],
    ['kong.exit.request_id', 'cafe'],
    ['kong.exit.requestId', 'cafe'],
    ['kong.exit.request.accept', 'text/html'],
    ['kong.exit.route.name', 'r'],
    ['kong.exit.nothing', undefined],
    [
      '(function() local names = {} for name in pairs(kong.exit) do names[name] = true end return names end)()',
      {
        reason: true,
        source: true,
        phase: true,
        plugin: true,
        request_id: true,
        request: true,
        route: true,
        service: true,
      },
    ],
    [
      'kong.exit',
      expect.objectContaining({
        reason: 'plugin.exit',
        request_id: 'cafe',
        route: expect.objectContaining({ name: 'r' }) as object,
      }),
    ],
    ['kong.table.merge({ a = 1 }, { b = 2 }).b', 2],
    ['type(kong.table.clear)', 'function'],
    ['type(kong.db)', 'table'],
    ['type(kong.db.services)', 'table'],
    ['type(kong.cache)', 'table'],
    ['tostring(kong.licensing)', 'nil'],
    ['kong.configuration.pg_password', '******'],
  ])('%s is %s', (expression, value) => {
    expect(valueOf(expression, request)).toEqual(value)
  })

  it('prints to the log, a line each with the name of the function', () => {
    const { log, lines } = logLines()
    const source = 'print("top") return function() print("a", 1) print() print("b\\n\\nc\\n") end'
    void run(source, {}, { log }).call()
    expect(lines).toEqual([
      'notice [exit-transformer[1]] top',
      'notice [exit-transformer[1]] a\t1',
      'notice [exit-transformer[1]] ',
      'notice [exit-transformer[1]] b\n\nc\n',
    ])
  })

  it('does not read the store', () => {
    const { call, at } = run('return function() return kong.db.services:select({ id = "x" }) end')
    expect(call()).toMatchObject({ status: 401 })
    expect(at.lines).toEqual([
      expect.stringContaining('kong.db.services.select cannot be called here'),
    ])
  })

  it('says what Kong says of a wrong argument', () => {
    const { call, at } = run('return function() kong.request.get_header(1) end')
    expect(call()).toMatchObject({ status: 401 })
    expect(at.lines).toEqual([expect.stringContaining('header name must be a string')])
  })

  it('sets headers of the response beside those of the exit', () => {
    const { call, at } = run(
      'return function(s, b, h) kong.response.set_header("X-A", "1") return s, b, h end',
    )
    void call()
    expect(at.ctx.response.headers.get('x-a')).toBe('1')
  })

  it('does nothing to the request in a shadow', () => {
    const source = `return function(s, b, h)
      kong.response.set_header("X-A", "1") kong.ctx.shared.x = 1
      return s, b, h
    end`
    const { call, at } = run(source, { isShadow: true })
    void call()
    expect(at.ctx.response.headers.has('x-a')).toBe(false)
    expect(at.ctx.shared).toEqual({})
  })

  it.each([
    'kong.response.exit(200, "in")',
    'kong.response.error(500)',
    'ngx.exit(200)',
    'ngx.say("x")',
  ])('refuses %s: an answer is changed by returning one', (call) => {
    const made = run(`return function() ${call} end`)
    expect(made.call()).toMatchObject({ status: 401 })
    expect(made.at.lines).toEqual([expect.stringContaining('return the answer instead')])
  })

  it('refuses kong.response.exit inside pcall as well', () => {
    const { call } = run(
      'return function(s, b, h) return s, { ok = pcall(kong.response.exit, 200) }, h end',
    )
    expect(call()).toMatchObject({ status: 401, body: { ok: false } })
  })

  it('keeps what functions put into kong.ctx.shared, for other plugins too', () => {
    const { call, at } = run(`return function(s, b, h)
      kong.ctx.shared.seen = (kong.ctx.shared.seen or 0) + 1
      kong.ctx.shared.data = { list = { 1, 2 } }
      return s, b, h
    end`)
    void call()
    void call()
    expect(at.ctx.shared).toEqual({ seen: 2, data: { list: [1, 2] } })
  })

  it('shows data of kong.ctx.shared and nothing else of the host', () => {
    const { call, at } = run(`return function(s, b, h)
      local v = kong.ctx.shared.thing
      return s, { n = v.n, f = type(v.f), top = type(kong.ctx.shared.fn) }, h
    end`)
    at.ctx.shared.thing = { n: 1, f: () => process }
    at.ctx.shared.fn = () => process
    expect(call()).toMatchObject({ body: { n: 1, f: 'nil', top: 'nil' } })
  })

  it('goes over kong.ctx.shared with pairs, and finds its own tables again', () => {
    const { call, at } = run(`return function(s, b, h)
      kong.ctx.shared.mine = { 1 }
      table.insert(kong.ctx.shared.mine, 2)
      local names = {}
      for k, v in pairs(kong.ctx.shared) do names[#names + 1] = k .. type(v) end
      table.sort(names)
      return s, { names = names }, h
    end`)
    at.ctx.shared.other = 'x'
    expect(call()).toMatchObject({ body: { names: ['minetable', 'otherstring'] } })
    expect(at.ctx.shared.mine).toEqual([1, 2])
  })

  it('can call kong.log, and kong.log.inspect', () => {
    const { call, at } = run('return function() kong.log("a", 1) kong.log.inspect({ x = 1 }) end')
    void call()
    expect(at.lines[0]).toBe('notice a1')
    expect(at.lines[1]).toContain('x: 1')
  })

  it('puts nothing into kong.licensing', () => {
    const { call, at } = run('return function() kong.licensing.x = 1 end')
    expect(call()).toMatchObject({ status: 401 })
    expect(at.lines).toEqual([
      expect.stringContaining('Cannot modify kong.licensing.x. Protected by the sandbox.'),
    ])
  })

  it('has spans that take what they are told', () => {
    const source = `return function(s, b, h)
      local span = kong.tracing.start_span("mine", { span_kind = 1 })
      span:set_attribute("a", 1):add_event("e"):set_status(2)
      span:finish()
      kong.tracing.set_active_span(span)
      kong.tracing.process_span(function(one) one:finish() end)
      return s, { sampled = kong.tracing.get_sampling_decision() }, h
    end`
    const { call, at } = run(source)
    expect(call()).toMatchObject({ body: { sampled: false } })
    expect(at.lines).toEqual([])
  })

  it('logs under the plugin and at the level asked for', () => {
    const { call, at } = run(`return function()
      kong.log.warn("a", 1, nil, true) ngx.log(ngx.ERR, "b ", 2)
    end`)
    void call()
    expect(at.lines).toEqual(['warn a1niltrue', 'err b 2'])
  })
})

describe('ngx in a Lua function', () => {
  it.each([
    ['ngx.var.request_method', 'GET'],
    ['ngx.var.uri', '/a/b'],
    ['ngx.var.request_uri', '/a/b?x=1&y'],
    ['ngx.var.http_accept', 'text/html'],
    ['ngx.var.arg_x', '1'],
    ['ngx.var.nothing', undefined],
    ['ngx.encode_base64("a?")', 'YT8='],
    ['ngx.encode_base64("a?", true)', 'YT8'],
    ['ngx.encode_base64("\\255\\254")', '//4='],
    ['ngx.decode_base64("YT8=")', 'a?'],
    ['#ngx.decode_base64("//4=")', 2],
    ['ngx.decode_base64("?")', undefined],
    ['ngx.escape_uri("a b/é")', 'a%20b%2F%C3%A9'],
    ['ngx.unescape_uri("a+b%2F%C3%A9")', 'a b/é'],
    ['ngx.md5("a")', '0cc175b9c0f1b6a831c399e269772661'],
    ['ngx.escape_uri("\\255")', '%FF'],
    ['ngx.unescape_uri("%zz%4")', '%zz%4'],
    ['ngx.encode_args({ a = "x y", b = { "1", "2" }, c = true, d = false })', 'a=x%20y&b=1&b=2&c'],
    ['ngx.decode_args("a=1&b=2&b=%20&c&=").b[2]', ' '],
    ['ngx.decode_args("a&b").a', true],
    ['select(2, ngx.decode_args("a&b&c", 2))', 'truncated'],
    ['ngx.crc32_short("hello")', 907_060_870],
    ['#ngx.sha1_bin("a") + #ngx.hmac_sha1("k", "v")', 40],
    [`ngx.quote_sql_str("it's")`, "'it\\'s'"],
    ['ngx.http_time(1290079655)', 'Thu, 18 Nov 2010 11:27:35 GMT'],
    ['ngx.cookie_time(1290079655)', 'Thu, 18-Nov-10 11:27:35 GMT'],
    ['ngx.parse_http_time("Thu, 18-Nov-10 11:27:35 GMT")', 1_290_079_655],
    ['ngx.parse_http_time("nonsense")', undefined],
    ['#ngx.localtime() + #ngx.utctime() + #ngx.today()', 48],
    ['select("#", ngx.update_time())', 0],
    ['ngx.re.match("a1", "([a-z])([0-9])")[2]', '1'],
    ['(ngx.re.gsub("a b", " ", "-", "jo"))', 'a-b'],
    ['ngx.null == require("cjson").null', true],
    ['ngx.HTTP_NOT_FOUND', 404],
    ['type(ngx.time())', 'number'],
    ['ngx.now() > 1e9', true],
    ['ngx.req.get_method()', 'GET'],
    ['ngx.req.get_headers().accept', 'text/html'],
    ['tostring(ngx.timer)', 'nil'],
    ['tostring(ngx.socket)', 'nil'],
    ['tostring(ngx.shared)', 'nil'],
    ['type(ngx.exit)', 'function'],
  ])('%s is %s', (expression, value) => {
    const request = { headers: { Accept: 'text/html' }, target: '/a/b?x=1&y' }
    expect(valueOf(expression, request)).toEqual(value)
  })

  it('keeps ngx.ctx for the request', () => {
    const { call } = run(`return function(s, b, h)
      ngx.ctx.n = (ngx.ctx.n or 0) + 1
      return s, { n = ngx.ctx.n }, h
    end`)
    expect([call(), call()]).toMatchObject([{ body: { n: 1 } }, { body: { n: 2 } }])
  })
})
