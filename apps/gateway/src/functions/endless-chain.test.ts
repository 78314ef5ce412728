import {
  createExitTransformerPlugin,
  type ExitFunctionContext,
  type PreparedExitTransformer,
  reduceExit,
} from '@postern/exit-transformer'
import type { Exit } from '@postern/pdk-response'
import { afterAll, describe, expect, it } from 'vitest'
import { createFunctionEngine } from './function-engine.ts'
import { logLines } from './run-case.ts'

// 500 functions without an end made a client wait for 11 s. All of an instance have a limit together.

const { log, lines } = logLines()
const engine = createFunctionEngine(
  {
    untrusted_functions: 'sandbox',
    untrusted_lua_sandbox_requires: [],
    untrusted_lua_sandbox_environment: [],
  },
  { log },
)
const plugin = createExitTransformerPlugin(engine)
afterAll(() => engine.close())

const exit: Exit = {
  status: 401,
  body: { message: 'no key' },
  headers: undefined,
  source: 'exit',
  kind: 'ordinary',
  reason: 'key-auth.no_key',
  message: 'no key',
  phase: 'access',
  plugin: 'key-auth',
}

function prepare(functions: readonly string[]): PreparedExitTransformer {
  const config = {
    functions,
    handle_unknown: false,
    handle_unexpected: false,
    mode: 'enforce',
    timeout_ms: 50,
    language: 'auto',
  } as const
  const instance = { id: 'i', name: plugin.name, config, enabled: true, protocols: ['http'] }
  return plugin.prepare?.(config, {
    ...instance,
    route: null,
    service: null,
    consumer: null,
  }) as PreparedExitTransformer
}

describe('a function that is allowed 10 s', () => {
  const options = {
    name: 'exit-transformer[1]',
    language: 'auto',
    timeoutMs: 10_000,
    isShadow: false,
  } as const
  const input = { status: 401, body: undefined, headers: undefined }

  // So many turns need more steps than 20 ms have, and fewer than 10 s have.
  it.each([
    ['Lua', 'return function(s) for i = 1, 1000000 do end return 418 end'],
    ['JavaScript', '() => { for (let i = 0; i < 5e6; i++) ; return [418] }'],
  ])('in %s has no more than what is left for all functions', async (_name, source) => {
    const run = engine.compile(source, options)
    const call = async (leftMs?: number) => run(input, {} as ExitFunctionContext, undefined, leftMs)
    const answer = expect.objectContaining({ kind: 'triple', status: 418 })
    expect(await call()).toEqual(answer)
    expect(await call(Infinity)).toEqual(answer)
    const ended = { code: expect.stringMatching(/_(?:BUDGET|TIMEOUT)$/) }
    await expect(call(20)).rejects.toMatchObject(ended)
    await expect(call(0.01)).rejects.toMatchObject(ended)
    expect(await call(10_001)).toEqual(answer)
  })
})

describe('500 functions without an end', () => {
  it.each([
    ['Lua', 'return function() while true do end end'],
    ['JavaScript', '() => { for (;;) ; }'],
  ])('in %s do not all run: the rest is skipped, and the exit goes out', async (_name, source) => {
    const { functions, totalMs } = prepare(Array.from({ length: 500 }, () => source))
    lines.splice(0)
    const context = {} as ExitFunctionContext
    const sent = await reduceExit(exit, functions, { context, kong: undefined, log, totalMs })
    expect(sent).toBe(exit)
    const counters = functions.map((fn) => fn.counters)
    expect(counters[0]).toMatchObject({ calls: 1, skipped: 0 })
    expect(counters.at(-1)).toMatchObject({ calls: 0, skipped: 1 })
    expect(counters.every(({ calls, skipped }) => calls + skipped === 1)).toBe(true)
    expect(counters.every(({ changed }) => changed === 0)).toBe(true)
    expect(lines.filter((line) => / more were skipped: /.test(line))).toHaveLength(1)
  })
})
