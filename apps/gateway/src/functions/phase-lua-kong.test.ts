import { readFileSync } from 'node:fs'
import type { HostValue } from '@postern/lua'
import { HeaderList } from '@postern/pdk-response'
import {
  compilePlugins,
  createPhaseContext,
  type NodeFacts,
  type PhaseContext,
  pdkFunctions,
  type Plugin,
  runPhase,
} from '@postern/plugin-runtime'
import { createPreFunctionPlugin } from '@postern/pre-function'
import { describe, expect, it } from 'vitest'
import { luaEndowments, type LuaReach } from './lua-endowments.ts'
import { createPhaseEngine } from './phase-engine.ts'
import { logLines } from './run-case.ts'

const REACHES: readonly LuaReach[] = ['strict', 'sandbox', 'lax', 'on']

/** pre-function on two Routes, whose access functions are in Lua. */
function functionsOf(reach: LuaReach, node: Partial<NodeFacts> = {}) {
  const { log, lines } = logLines()
  const settings = { untrusted_lua_sandbox_requires: [], untrusted_lua_sandbox_environment: [] }
  const endowments = luaEndowments({ ...settings, untrusted_functions: reach })
  const lua = { mode: reach === 'on' ? 'on' : 'sandbox', log, ...endowments } as const
  const noHost = (): never => expect.unreachable()
  const plugin = createPreFunctionPlugin(
    createPhaseEngine({ lua, host: { host: noHost } as never }),
  )
  const facts = { ...NODE, ...node }
  const run = (source: string, id = 'first'): PhaseContext => {
    const instance = { ...INSTANCE, id, config: { ...NO_FUNCTIONS, access: [source] } }
    const chains = compilePlugins([instance], new Map([[plugin.name, plugin as Plugin]]))
    const ctx = createPhaseContext({ chains, node: facts, log, request: REQUEST })
    // Known, so that no function waits for it.
    ctx.body = new Uint8Array()
    expect(runPhase(ctx, 'access')).toBeUndefined()
    return ctx
  }
  /** What expressions are, as the exit of an access function tells it. */
  const valueOf = (expression: string, id?: string): unknown => {
    const { exit } = run(`kong.response.exit(200, { v = ${expression} })`, id)
    expect(exit?.reason, lines.join('\n')).toBe('plugin.exit')
    return (exit?.body as { v?: unknown } | undefined)?.v
  }
  return { run, valueOf, lines }
}

const NO_FUNCTIONS = {
  rewrite: [],
  access: [],
  header_filter: [],
  body_filter: [],
  log: [],
  certificate: [],
}

const INSTANCE = {
  name: 'pre-function',
  enabled: true,
  protocols: ['http'],
  route: null,
  service: null,
  consumer: null,
}

const NODE: NodeFacts = {
  id: '00000000-0000-4000-8000-000000000001',
  hostname: 'here',
  version: '0.1.0',
  configuration: { prefix: '/p', nested: { port: 1 }, pg_password: 'x' },
  isTrusted: () => false,
  hasUpstream: () => false,
  loadConsumer: () => undefined,
}

const REQUEST = {
  id: 'cafe',
  method: 'GET',
  target: '/',
  rawPath: '/',
  rawQuery: '',
  path: '/',
  httpVersion: 1.1,
  scheme: 'http' as const,
  host: 'example.com',
  port: 8000,
  headers: new HeaderList(),
  peerAddress: '127.0.0.1',
  peerPort: 40_000,
  clientAddress: '127.0.0.1',
  clientPort: 40_000,
  localPort: 8000,
  startedAtMs: 0,
  sni: undefined,
}

describe('the kit in a Lua function', () => {
  /** Whether a name below `kong` is there, without an error where a table on the way is not. */
  const isThere = (name: string): string => {
    const steps = name.split('.')
    const last = steps.pop() as string
    const tables = steps.reduce((path, step) => `(${path}.${step} or {})`, 'kong')
    return `${tables}.${last} ~= nil`
  }

  it.each(REACHES)(
    'has every function with %s, but those that the documentation lists',
    (reach) => {
      const { valueOf } = functionsOf(reach)
      const names = pdkFunctions.map(({ name }) => name)
      const list = names.map((name) => `[${JSON.stringify(name)}] = ${isThere(name)}`)
      const there = valueOf(`{ ${list.join(', ')} }`) as Record<string, boolean>
      const absent = names.filter((name) => there[name] !== true)
      expect(absent.toSorted()).toEqual(documented(reach, names).toSorted())
    },
  )

  /** The table of docs/kong-parity-pdk.md: names below `kong`, and the settings without them. */
  function documented(reach: LuaReach, names: readonly string[]): string[] {
    const page = new URL('../../../../docs/kong-parity-pdk.md', import.meta.url)
    const [, rest = ''] = readFileSync(page, 'utf8').split('\n## What Lua functions do not see\n')
    const [section = ''] = rest.split('\nSome are there')
    const rows = section.split('\n').filter((line) => line.startsWith('| `kong.'))
    const listed = rows.flatMap((row) => {
      const [, what = '', where = ''] = row.split('|')
      if (!where.includes('all') && !where.includes(`\`${reach}\``)) return []
      return [...what.matchAll(/`kong\.([a-z_.*]+)`/g)].map(([, name]) => name as string)
    })
    const covers = (one: string, name: string): boolean =>
      one.endsWith('.*') ? name.startsWith(one.slice(0, -1)) : one === name
    return names.filter((name) => listed.some((one) => covers(one, name)))
  }

  it('has the id of the workspace', () => {
    expect(functionsOf('strict').valueOf('#kong.default_workspace')).toBe(36)
  })
})

describe('kong.table in Lua', () => {
  it.each<[expression: string, value: unknown]>([
    ['(function() local t = { 1, a = 2 } kong.table.clear(t) return next(t) == nil end)()', true],
    ['kong.table.merge({ a = 1, b = 1 }, { b = 2 })', { a: 1, b: 2 }],
    ['kong.table.merge({ 1, 2 }, { 3 })', [3, 2]],
    ['kong.table.merge(nil, { f = tostring }).f(5)', '5'],
    ['(function() local t = {} return kong.table.merge({ t = t }).t == t end)()', true],
    ['next(kong.table.new(4, 4)) == nil', true],
    ['select(2, pcall(kong.table.clear))', "bad argument #1 to 'clear' (table expected, got nil)"],
    [
      'select(2, pcall(kong.table.merge, {}, "x"))',
      "bad argument #2 to 'merge' (table expected, got string)",
    ],
  ])('%s', (expression, value) => {
    for (const reach of REACHES) {
      const got = functionsOf(reach).valueOf(expression)
      expect(got, reach).toEqual(typeof value === 'string' ? expect.stringContaining(value) : value)
    }
  })
})

describe('kong.vault in Lua', () => {
  const env = (name: string): string | undefined =>
    new Map([
      ['APP_SECRET', 's1'],
      ['MAP', '{"k":"s2"}'],
    ]).get(name)

  it.each<[expression: string, opened: unknown, closed: unknown]>([
    ['kong.vault.is_reference("{vault://env/a}")', true, true],
    ['kong.vault.is_reference(5)', false, false],
    ['kong.vault.parse_reference("{vault://env/a-b/k?prefix=x}").config.prefix', 'x', 'x'],
    ['select(2, kong.vault.parse_reference("a"))', 'not a reference [a]', 'not a reference [a]'],
    ['kong.vault.get("{vault://env/app-secret}")', 's1', undefined],
    ['kong.vault.get("{vault://env/map/k}")', 's2', undefined],
    [
      'select(2, kong.vault.get("{vault://env/app-secret}"))',
      undefined,
      'the environment is not open to functions [{vault://env/app-secret}]',
    ],
    ['select(2, kong.vault.get("a"))', 'not a reference [a]', 'not a reference [a]'],
    [
      '(function() local o = { a = 0, ["$refs"] = { a = "{vault://env/app_secret}" } } ' +
        'return { o == kong.vault.update(o), o.a } end)()',
      [true, 's1'],
      [true, ''],
    ],
    [
      'kong.vault.try(function(o) return o.a == "s1" and o.a end, ' +
        '{ ["$refs"] = { a = "{vault://env/app_secret}" } })',
      's1',
      false,
    ],
    ['select(2, kong.vault.try(function() return nil, "why" end, {}))', 'why', 'why'],
    ['select(2, pcall(kong.vault.update, 5)):match("options must .*")', TABLE, TABLE],
    ['kong.vault.flush()', undefined, undefined],
  ])('%s', (expression, opened, closed) => {
    expect(functionsOf('on', { env }).valueOf(expression)).toEqual(opened)
    for (const reach of ['sandbox', 'lax'] as const) {
      expect(functionsOf(reach, { env }).valueOf(expression), reach).toEqual(closed)
    }
  })
})

const TABLE = 'options must be a table'

describe('kong.cache in Lua', () => {
  const load = 'kong.cache:get("k", nil, function() return "mine" end)'

  it.each(REACHES.filter((reach) => reach !== 'strict'))(
    'tells with %s where a value was',
    (reach) => {
      const { valueOf } = functionsOf(reach)
      expect(valueOf(`{ ${load} }`)).toEqual(['mine', null, 3])
      expect(valueOf(`{ ${load} }`)).toEqual(['mine', null, 1])
      expect(valueOf('{ kong.cache:get("none") }')).toEqual([null, null, -1])
    },
  )

  it('is one for each configuration in the sandbox, and one for all beyond', () => {
    for (const [reach, expected] of [
      ['sandbox', 'mine'],
      ['lax', 'theirs'],
    ] as const) {
      const { valueOf, run } = functionsOf(reach)
      run('kong.cache:safe_set("k", "theirs")', 'second')
      expect(valueOf(load, 'first'), reach).toBe(expected)
      expect(valueOf(load, 'second'), reach).toBe('theirs')
    }
  })

  it('is not that of plugins in the sandbox', () => {
    const { run, valueOf } = functionsOf('sandbox')
    const { kong } = run('kong.cache:safe_set("k", 1)')
    expect(kong.cache.get('k')).toBeUndefined()
    kong.cache.safeSet('k2', 1)
    expect(valueOf('tostring(kong.cache:get("k2"))')).toBe('nil')
  })

  it('forgets in the sandbox what belongs to the configuration alone', () => {
    const { run, valueOf } = functionsOf('sandbox')
    for (const id of ['first', 'second']) run('kong.cache:safe_set("k", 1)', id)
    run('kong.cache:purge()', 'first')
    const kept = 'kong.cache:get("k") or "none"'
    expect([valueOf(kept, 'first'), valueOf(kept, 'second')]).toEqual(['none', 1])
    run('kong.cache:invalidate("k")', 'second')
    expect(valueOf(kept, 'second')).toBe('none')
  })

  it.each([
    { length: 65_000, isKept: true },
    { length: 66_000, isKept: false },
  ])('keeps a value of $length characters in the sandbox: $isKept', ({ length, isKept }) => {
    const { run, valueOf } = functionsOf('sandbox')
    run(`kong.cache:safe_set("k", string.rep("x", ${length}))`)
    expect(valueOf('kong.cache:get("k") ~= nil')).toBe(isKept)
    const loaded = `#kong.cache:get("l", nil, function() return string.rep("x", ${length}) end)`
    expect(valueOf(loaded)).toBe(length)
    expect(valueOf('kong.cache:get("l") ~= nil')).toBe(isKept)
  })

  it('takes and answers the lists of get_bulk', () => {
    const { valueOf } = functionsOf('sandbox')
    const bulk =
      '{ "a", { ttl = 9 }, function(x) return x + 1 end, 1, ' +
      '"b", nil, function() return nil, "no luck" end, nil, "c", nil, nil, nil, n = 3 }'
    expect(valueOf(`kong.cache:get_bulk(${bulk})`)).toEqual({
      1: 2,
      5: 'callback threw an error: no luck',
      n: 3,
    })
    expect(valueOf('kong.cache:get("a")')).toBe(2)
  })

  it.each([
    ['kong.cache.get_bulk, kong.cache, 5', 'bulk must be a table'],
    ['kong.cache.get_bulk, kong.cache, { "a" }', 'bulk.n must be a number between 0 and 1000'],
    ['kong.cache.get_bulk, kong.cache, { n = 1001 }', 'bulk.n must be a number between 0 and 1000'],
    ['kong.cache.get_bulk, kong.cache, { n = 1 }', 'key must be a string'],
    ['kong.cache.get, kong.cache, 5', 'key must be a string'],
    ['kong.cache.safe_set, kong.cache, {}, 1', 'key must be a string'],
  ])('refuses %s', (call, message) => {
    for (const reach of ['sandbox', 'on'] as const) {
      expect(functionsOf(reach).valueOf(`select(2, pcall(${call}))`), reach).toContain(message)
    }
  })
})

describe('kong.log in Lua', () => {
  it('changes the form of its lines for the rest of the request', () => {
    const { run, lines } = functionsOf('strict')
    run(
      'kong.log.warn("a") kong.log.set_format("%namespace: %message (%line_src)") kong.log.warn("b")',
    )
    run('kong.log.warn("c") kong.log.set_format(nil) kong.log.warn("d")')
    expect(lines).toEqual([
      'warn [pre-function] a',
      'warn pre-function: b (?)',
      'warn [pre-function] c',
      'warn [pre-function] d',
    ])
  })

  it('makes logs with a name of their own, which chunks may keep', () => {
    const { run, lines } = functionsOf('strict')
    const source = `local log = kong.log.new("mine", "<%namespace> %message")
      return function() log("a", 1) log.err("b") log.inspect({ 1 }) log.inspect.off() log.inspect(2) end`
    run(source)
    run(source)
    const once = ['notice <mine> a1', 'err <mine> b', 'notice <mine> [ 1 ]']
    expect(lines).toEqual([...once, ...once])
  })

  it.each([
    ['kong.log.new', 'namespace must be a string'],
    ['kong.log.new, ""', 'namespace cannot be an empty string'],
    ['kong.log.new, "a", 5', 'format must be a string if specified'],
    ['kong.log.set_format, {}', 'format must be a string if specified'],
  ])('refuses %s', (call, message) => {
    expect(functionsOf('strict').valueOf(`select(2, pcall(${call}))`)).toContain(message)
  })
})

describe('kong.configuration in Lua', () => {
  it.each<[expression: string, value: unknown]>([
    ['kong.configuration.prefix', '/p'],
    ['kong.configuration.nested.port', 1],
    ['kong.configuration.remove_sensitive().pg_password', '******'],
    ['kong.configuration.remove_sensitive().prefix', '/p'],
    [
      '(function() local n = 0 for k in pairs(kong.configuration) do n = n + 1 end return n end)()',
      3,
    ],
  ])('%s', (expression, value) => {
    expect(functionsOf('strict').valueOf(expression)).toEqual(value)
  })

  it('cannot be written to', () => {
    const write = 'select(2, pcall(function() kong.configuration.prefix = "x" end))'
    expect(functionsOf('on').valueOf(write)).toContain('cannot write to configuration')
  })
})

describe('kong.service.set_target_retry_callback in Lua', () => {
  it('is called when the phase is over, with all of kong, as often as there are retries', () => {
    const { run } = functionsOf('sandbox')
    const { upstreamRequest } = run(`local n = 0
      kong.service.set_target_retry_callback(function()
        n = n + 1
        if n > 2 then return nil end
        return kong.request.get_host() .. n, "808" .. n
      end)`)
    const next = upstreamRequest.retryCallback
    expect([next?.(), next?.(), next?.()]).toEqual([
      { host: 'example.com1', port: 8081 },
      { host: 'example.com2', port: 8082 },
      undefined,
    ])
  })

  it('has the cache of its configuration, whichever plugin has run since', () => {
    const { run, valueOf } = functionsOf('sandbox')
    const set = `kong.service.set_target_retry_callback(function()
        kong.cache:safe_set("k", "mine")
        return kong.cache:get("k"), 1
      end)`
    const ctx = run(set, 'first')
    ctx.runningPlugin = run('', 'second').runningPlugin
    expect(ctx.upstreamRequest.retryCallback?.()).toEqual({ host: 'mine', port: 1 })
    const kept = 'tostring(kong.cache:get("k"))'
    expect([valueOf(kept, 'first'), valueOf(kept, 'second')]).toEqual(['mine', 'nil'])
  })

  it('is ended when it does not end', () => {
    const { run } = functionsOf('sandbox')
    const endless = 'kong.service.set_target_retry_callback(function() while true do end end)'
    expect(() => run(endless).upstreamRequest.retryCallback?.()).toThrow(
      'the function ran out of steps',
    )
  })

  it.each(['nil', '"a"', '{}'])('refuses %s', (value) => {
    const call = `select(2, pcall(kong.service.set_target_retry_callback, ${value}))`
    expect(functionsOf('sandbox').valueOf(call)).toContain('retry_callback must be a function')
  })
})

it.each<[call: string, message: HostValue]>([
  ['kong.service.set_tls_cert_key, "pem", "key"', 'chain must be a parsed cdata object'],
  ['kong.service.set_tls_verify_store, {}', 'argument must be a resty.openssl.x509.store object'],
])('%s is refused: Lua has nothing of what it takes', (call, message) => {
  expect(functionsOf('on').valueOf(`select(2, pcall(${call}))`)).toContain(message)
})

it('answers kong.response.get_source with a context in every phase', () => {
  const { valueOf } = functionsOf('strict')
  expect(valueOf('kong.response.get_source(ngx.ctx)')).toBe('error')
  expect(valueOf('select(2, pcall(kong.response.get_source))')).toContain('in access phase')
})

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
