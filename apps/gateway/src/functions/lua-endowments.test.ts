import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { luaEndowments, type LuaReach, type LuaSettings } from './lua-endowments.ts'
import { createLuaFunctions } from './lua-functions.ts'
import { createPhaseLua } from './phase-lua.ts'
import { caseRequest, logLines } from './run-case.ts'

const SETTINGS = {
  untrusted_lua_sandbox_requires: ['resty.template'],
  untrusted_lua_sandbox_environment: ['setmetatable'],
}

/** Milliseconds of a call where its end is not the subject: a busy machine takes some of them. */
const LONG_MS = 10_000

const modules = mkdtempSync(path.join(tmpdir(), 'lua-modules-'))
writeFileSync(path.join(modules, 'tea.lua'), 'return { name = "green" }')
afterAll(() => rmSync(modules, { recursive: true }))

/** What an expression is in an exit function under a setting. */
function valueOf(
  setting: LuaReach,
  expression: string,
  changes: Partial<LuaSettings> = {},
): unknown {
  const endowments = luaEndowments({ ...SETTINGS, ...changes, untrusted_functions: setting })
  const mode = setting === 'on' ? 'on' : 'sandbox'
  const compile = createLuaFunctions({ mode, log: logLines().log, ...endowments })
  const source = `return function(s, b, h) return s, { value = ${expression} }, h end`
  const options = { name: 'f', language: 'lua', timeoutMs: LONG_MS, isShadow: false } as const
  const at = caseRequest({})
  const exit = at.reduce(compile(source, options), { status: 401 }) as { body?: unknown }
  expect(at.lines).toEqual([])
  return (exit.body as { value?: unknown }).value
}

describe('luaEndowments()', () => {
  it.each<[expression: string, values: Readonly<Record<LuaReach, unknown>>]>([
    ['pcall(require, "resty.template")', { strict: false, sandbox: true, lax: false, on: true }],
    ['pcall(require, "kong.tools.string")', { strict: true, sandbox: false, lax: true, on: true }],
    ['type(setmetatable)', { strict: 'nil', sandbox: 'function', lax: 'nil', on: 'function' }],
    ['type(io.open)', { strict: 'nil', sandbox: 'nil', lax: 'nil', on: 'function' }],
    ['type(kong.cache)', { strict: 'nil', sandbox: 'table', lax: 'table', on: 'table' }],
    ['type(kong.vault)', { strict: 'nil', sandbox: 'table', lax: 'table', on: 'table' }],
    [
      'type(kong.request.get_path)',
      { strict: 'function', sandbox: 'function', lax: 'function', on: 'function' },
    ],
    [
      'type(kong.log.err)',
      { strict: 'function', sandbox: 'function', lax: 'function', on: 'function' },
    ],
    [
      'type((kong.nginx or {}).get_subsystem)',
      { strict: 'nil', sandbox: 'function', lax: 'function', on: 'function' },
    ],
    ['type(ngx.say)', { strict: 'nil', sandbox: 'function', lax: 'function', on: 'function' }],
    [
      'type(ngx.re.match)',
      { strict: 'function', sandbox: 'function', lax: 'function', on: 'function' },
    ],
  ])('%s', (expression, values) => {
    for (const [setting, value] of Object.entries(values)) {
      expect(valueOf(setting as LuaReach, expression), setting).toBe(value)
    }
  })

  it.each([
    { given: './?.lua;./?/init.lua;', shown: './?.lua;./?/init.lua' },
    { given: '/srv/?.lua;;', shown: '/srv/?.lua;./?.lua;./?/init.lua' },
    { given: ';;/srv/?.lua', shown: './?.lua;./?/init.lua;/srv/?.lua' },
  ])('shows a function lua_package_path = $given as $shown', ({ given, shown }) => {
    expect(valueOf('on', 'package.path', { lua_package_path: given })).toBe(shown)
  })

  it.each([
    { from: 'an absolute folder', folder: modules },
    { from: 'one below the current folder', folder: path.relative('.', modules) },
  ])('finds files of $from with on, and with nothing else', ({ folder }) => {
    const settings = { lua_package_path: `${folder}/?.lua;;` }
    expect(valueOf('on', 'require("tea").name', settings)).toBe('green')
    for (const setting of ['strict', 'sandbox', 'lax'] as const) {
      const answer = valueOf(setting, 'select(2, pcall(require, "tea"))', settings)
      expect(answer, setting).toContain("require 'tea' not allowed within sandbox")
    }
  })

  it('finds them in phases too', () => {
    const endowments = luaEndowments({
      ...SETTINGS,
      untrusted_functions: 'on',
      lua_package_path: `${modules}/?.lua`,
    })
    const compile = createPhaseLua({ mode: 'on', log: logLines().log, ...endowments })
    const fn = compile('error(require("tea").name, 0)', { name: 'f', phase: 'access' })
    expect(() => fn.run({}, undefined)).toThrow('green')
  })

  it('makes phases of all four', () => {
    for (const setting of ['strict', 'sandbox', 'lax', 'on'] as const) {
      const endowments = luaEndowments({ ...SETTINGS, untrusted_functions: setting })
      const compile = createPhaseLua({ mode: 'sandbox', log: logLines().log, ...endowments })
      const source = 'kong.ctx.shared.seen = type(kong.cache) .. type(ngx.say)'
      const phase = compile(source, { name: 'f', phase: 'access' })
      const at = caseRequest({})
      void at.reduce(
        (_, __, kong) => {
          void phase.run(kong, undefined)
          return { kind: 'unchanged' }
        },
        { status: 401 },
      )
      const cache = setting === 'strict' ? 'nil' : 'table'
      expect(at.ctx.shared.seen).toBe(cache + (setting === 'strict' ? 'nil' : 'function'))
    }
  })
})

describe('kong.cache in a Lua function', () => {
  it.each([
    ['kong.cache:get("k1", nil, function(a) return { n = a } end, 7).n', 7],
    [
      '(kong.cache:get("k2", { ttl = 1 }, function() return "v" end)) .. kong.cache:get("k2")',
      'vv',
    ],
    ['select(2, kong.cache:get("k3", nil, function() return nil, "no luck" end)) ~= nil', true],
    ['select(2, kong.cache:get("k4", nil, function() error("broken") end)) ~= nil', true],
    ['tostring((kong.cache:get("k5")))', 'nil'],
    ['kong.cache:safe_set("k6", 1) and kong.cache:get("k6")', 1],
  ])('%s', (expression, value) => {
    expect(valueOf('lax', expression)).toBe(value)
  })

  it('keeps nothing of a function that runs in the shadow', () => {
    const source =
      'return function() kong.cache:safe_set("k", 1) kong.cache:get("l", nil, print) end'
    const endowments = luaEndowments({ ...SETTINGS, untrusted_functions: 'lax' })
    const compile = createLuaFunctions({ mode: 'sandbox', log: logLines().log, ...endowments })
    for (const isShadow of [false, true]) {
      const options = { name: 'f', language: 'lua', timeoutMs: LONG_MS, isShadow } as const
      const at = caseRequest({ isShadow })
      void at.reduce(compile(source, options), { status: 401 })
      expect(at.ctx.kong.cache.get('k')).toBe(isShadow ? undefined : 1)
      expect(at.ctx.kong.cache.probe('l') === undefined).toBe(isShadow)
      at.ctx.kong.cache.purge()
    }
  })

  it('ends a loader that does not end', () => {
    const source =
      'return function() pcall(kong.cache.get, kong.cache, "k", nil, function() while true do end end) end'
    const endowments = luaEndowments({ ...SETTINGS, untrusted_functions: 'lax' })
    const compile = createLuaFunctions({ mode: 'sandbox', log: logLines().log, ...endowments })
    const options = { name: 'f', language: 'lua', timeoutMs: 50, isShadow: false } as const
    const at = caseRequest({})
    expect(at.reduce(compile(source, options), { status: 401 })).toMatchObject({ status: 401 })
    expect(at.lines).toEqual([expect.stringContaining('was ended')])
  })
})
