import type { CompileOptions } from '@postern/exit-transformer'
import { afterAll, describe, expect, it } from 'vitest'
import {
  createFunctionEngine,
  type FunctionEngine,
  type FunctionSettings,
} from './function-engine.ts'
import { caseRequest, logLines } from './run-case.ts'

/** One for each set of settings: every engine with JavaScript has processes. */
const engines = new Map<string, FunctionEngine>()

afterAll(async () => {
  for (const engine of engines.values()) await engine.close()
})

function engine(changes: Partial<FunctionSettings> = {}): FunctionEngine {
  const settings: FunctionSettings = {
    untrusted_functions: 'sandbox',
    untrusted_lua_sandbox_requires: ['cjson'],
    untrusted_lua_sandbox_environment: [],
    ...changes,
  }
  const key = JSON.stringify(settings)
  const made = engines.get(key) ?? createFunctionEngine(settings, { log: logLines().log })
  engines.set(key, made)
  return made
}

const OPTIONS: CompileOptions = {
  name: 'exit-transformer[1]',
  language: 'auto',
  timeoutMs: 2000,
  isShadow: false,
}

async function run(source: string, settings: Partial<FunctionSettings> = {}) {
  const fn = engine(settings).compile(source, OPTIONS)
  const at = caseRequest({})
  return { exit: await at.reduce(fn, { status: 401 }), lines: at.lines, fn }
}

const IN_EACH_LANGUAGE = [
  'return function(s, b, h) return 418, b, h end',
  'return (function(c, b, h) return 418, b, h end)(...)',
  '(s, b, h) => [418, b, h]',
  '(s: number, b: unknown) => [418, b]',
  // As somebody writes it whose editor knows the types: they are left out, imports of them too.
  `import type { ExitFunction } from '@postern/exit-transformer'
   const fn: ExitFunction = (s, b, h, exit) => (exit.reason === 'key-auth.no_key' ? [] : [418])
   export default fn satisfies ExitFunction`,
]

describe('createFunctionEngine()', () => {
  it.each(IN_EACH_LANGUAGE)('runs %s', async (source) => {
    expect((await run(source)).exit.status).toBe(418)
  })

  it.each(['strict', 'lax', 'on', 'sandbox'] as const)(
    'runs functions in mode %s',
    async (mode) => {
      for (const source of IN_EACH_LANGUAGE) {
        const { exit } = await run(source, { untrusted_functions: mode })
        expect(exit.status).toBe(418)
      }
    },
  )

  it('answers a value at once for Lua, and a promise for JavaScript', () => {
    const [lua, , javaScript] = IN_EACH_LANGUAGE.map((source) => engine().compile(source, OPTIONS))
    const exit = { status: 401 }
    expect(caseRequest({}).reduce(lua as never, exit)).not.toBeInstanceOf(Promise)
    expect(caseRequest({}).reduce(javaScript as never, exit)).toBeInstanceOf(Promise)
  })

  it.each(['error("x")', 'while true do end', '(() => { for (;;) {} })()'])(
    'compiles and checks %s without running it',
    (source) => {
      expect(engine().check(source, 'auto')).toBeUndefined()
      expect(() => engine().compile(source, OPTIONS)).not.toThrow()
    },
  )

  it.each([
    { source: 'return function(', code: 'POSTERN_LUA_SYNTAX' },
    { source: '(s, b) => [', code: 'POSTERN_SANDBOX_SYNTAX' },
  ])('refuses to compile $source with $code', ({ source, code }) => {
    expect(engine().check(source, 'auto')).toMatch(/line 1, column \d+/)
    expect(() => engine().compile(source, OPTIONS)).toThrow(expect.objectContaining({ code }))
  })

  it.each(['(s) => [418]', 'return function() return 418 end'])(
    'takes the language that is forced for %s, right or wrong',
    (source) => {
      const wrong = source.startsWith('(') ? 'lua' : 'javascript'
      expect(engine().check(source, wrong)).toBeTypeOf('string')
      expect(() => engine().compile(source, { ...OPTIONS, language: wrong })).toThrow()
    },
  )
})

const ABOUT = {} as Parameters<ReturnType<ReturnType<typeof engine>['compile']>>[1]

describe('the mode off', () => {
  const off = { untrusted_functions: 'off' } as const
  const text =
    /^loading of untrusted Lua code disabled because 'untrusted_lua' config option is set to 'off' \(.*'untrusted_functions'/

  it.each(IN_EACH_LANGUAGE)(
    'refuses %s, also a good one, and one that was saved before fails when it is called',
    (source) => {
      expect(engine(off).check(source, 'auto')).toMatch(text)
      const saved = engine(off).compile(source, OPTIONS)
      expect(() => saved({ status: 404, body: undefined, headers: undefined }, ABOUT, {})).toThrow(
        expect.objectContaining({
          code: 'POSTERN_FUNCTIONS_OFF',
          message: expect.stringMatching(text),
        }),
      )
    },
  )
})

describe('what the modes allow', () => {
  it.each([
    ['return function(s) return s, { t = type(os.getenv) } end', 'nil', 'function'],
    ['return function(s) return s, { t = type(setmetatable) } end', 'nil', 'function'],
    ['(s) => [s, { t: typeof process }]', 'undefined', 'object'],
  ])('%s: %s in the sandbox, %s when on', async (source, confined, open) => {
    expect((await run(source)).exit.body).toEqual({ t: confined })
    expect((await run(source, { untrusted_functions: 'on' })).exit.body).toEqual({ t: open })
  })

  it('lets Lua require what the setting lists, by exact name', async () => {
    const source = (name: string) => `local m = require "${name}" return function() return 418 end`
    expect((await run(source('cjson'))).exit.status).toBe(418)
    const { exit, lines } = await run(source('cjson.safe'))
    expect(exit.status).toBe(401)
    expect(lines[0]).toContain("require 'cjson.safe' not allowed within sandbox")
  })

  it('gives Lua the further globals that the setting lists', async () => {
    const source = 'return function(s) return s, { t = type(setmetatable) } end'
    const settings = { untrusted_lua_sandbox_environment: ['setmetatable'] }
    expect((await run(source, settings)).exit.body).toEqual({ t: 'function' })
  })

  it('ends what does not end when on, too', async () => {
    for (const source of ['return function() while true do end end', '() => { for (;;) {} }']) {
      const fn = engine({ untrusted_functions: 'on' }).compile(source, {
        ...OPTIONS,
        timeoutMs: 50,
      })
      const at = caseRequest({})
      expect(await at.reduce(fn, { status: 401 })).toMatchObject({ status: 401 })
      expect(at.counters.kills).toBe(1)
    }
  })
})
