import { readFileSync } from 'node:fs'
import { pdkFunctions } from '@postern/plugin-runtime'
import { describe, expect, it } from 'vitest'
import type { LuaReach } from './lua-endowments.ts'
import { functionsOf, REACHES } from '../../test/phase-lua-case.ts'

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

describe('print in Lua', () => {
  it.each(['sandbox', 'on'] as const)(
    'writes a line of the log that names the function, with %s',
    (reach) => {
      const { run, lines } = functionsOf(reach)
      run('print("a", 1)')
      expect(lines).toEqual(['notice [pre-function[access:1]] a\t1'])
    },
  )
})

describe('kong.response.exit in Lua', () => {
  it('takes cjson.empty_array for an empty list', () => {
    expect(functionsOf('on').valueOf('{ items = require("cjson").empty_array }')).toEqual({
      items: [],
    })
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

  it('tells a log line values of their own type', () => {
    const { run } = functionsOf('strict')
    const { logValues } = run(`local set = kong.log.set_serialize_value
      set("a.n", 5) set("t", { 1.5, true, "x" }) set("s", "y", { mode = "add" }) set("gone", nil)`)
    expect(logValues?.map(({ key, value, mode }) => [key, value, mode])).toEqual([
      ['a.n', 5, 'set'],
      ['t', [1.5, true, 'x'], 'set'],
      ['s', 'y', 'add'],
      ['gone', undefined, 'set'],
    ])
  })

  it.each([
    ['kong.log.set_serialize_value, 5, 1', 'key must be a string'],
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

it.each<[call: string, message: string]>([
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
