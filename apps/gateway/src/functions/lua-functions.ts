import {
  answerOfLua,
  type CompileOptions,
  type ExitAnswer,
  type CompiledExitFunction,
  type ExitInput,
} from '@postern/exit-transformer'
import { createLua, type HostValue, type Lua, type LuaChunk, type LuaFunction } from '@postern/lua'
import type { Kong, Log } from '@postern/plugin-runtime'
import { type LuaReach, visibleNgx } from './lua-endowments.ts'
import { createLuaKong } from './lua-kong.ts'
import { createLuaNgx } from './lua-ngx.ts'
import { CallStack, type RunningCall } from './running-call.ts'
import { renewLarge } from './renew-large.ts'

/** How Lua functions may run. */
export interface LuaFunctionsOptions {
  readonly mode: 'sandbox' | 'on'
  /** Modules that may be required in the sandbox. */
  readonly requires: readonly string[]
  /** Names of Lua's own globals that the sandbox has besides, for example `setmetatable`. */
  readonly environment: readonly string[]
  /** Which part of `kong` and `ngx` they see. Default: what the sandbox shows. */
  readonly reach?: LuaReach
  /** Takes what functions print. */
  readonly log: Log
}

/**
 * Lua has no clock to be stopped by. A step takes 2 to 20 ns on an idle machine (packages/lua/bench)
 * and two to three times as long on a busy one: counted at 67 ns, a function that does not end has
 * used its time at the latest then, and keeps others waiting for less than 15 ms otherwise.
 */
export const STEPS_PER_MS = 15_000

/**
 * Compiles Lua functions, of Kong's form and of APISIX's, to run in this process.
 *
 * Which form a chunk has is seen when it first runs: one that returns a function was Kong's, and the
 * function is kept with the locals around it. One that returns anything else is run for each exit.
 * So the top level of a chunk runs at the first exit, and within a budget like any call.
 */
export function createLuaFunctions(
  options: LuaFunctionsOptions,
): (source: string, compile: CompileOptions) => CompiledExitFunction {
  const calls = new CallStack()
  const { reach = 'sandbox' } = options
  const ngx = visibleNgx(reach, createLuaNgx(calls))
  let made: Lua | undefined
  const lua = (): Lua => (made ??= startLua())
  const globals = { kong: createLuaKong(calls, reach, lua), ngx }

  function startLua(): Lua {
    const { mode, requires, environment, log } = options
    return createLua({
      mode,
      requires,
      extraGlobals: environment,
      globals,
      fuel: () => (calls.current?.timeoutMs ?? 0) * STEPS_PER_MS,
      print: (text) => log.notice(text),
    })
  }

  return (source, { name, timeoutMs: ownMs, isShadow }) => {
    const chunk = lua().compile(source, name)
    const runner = new ChunkRunner(chunk, source)
    return (input, context, kong, leftMs = ownMs) => {
      const timeoutMs = Math.min(ownMs, leftMs)
      const call: RunningCall = { kong: kong as Kong | undefined, context, isShadow, timeoutMs }
      return calls.during(call, () => runner.run(input))
    }
  }
}

class ChunkRunner {
  readonly #chunk: LuaChunk
  /** A chunk of APISIX's form cannot do without `...`. */
  readonly #takesArguments: boolean
  /** What a chunk of Kong's form returned. */
  #fn: LuaFunction | undefined

  constructor(chunk: LuaChunk, source: string) {
    this.#chunk = chunk
    this.#takesArguments = source.includes('...')
    this.#fn = undefined
  }

  run(input: ExitInput): ExitAnswer {
    if (renewLarge(this.#chunk)) this.#fn = undefined
    const { status } = input
    const body = input.body as HostValue
    const headers = input.headers as HostValue
    if (this.#fn !== undefined) return answerOfLua(this.#fn.call(status, body, headers))
    // In APISIX headers are a table always; in Kong they are nil where an exit gave none.
    const values = this.#chunk.call(status, body, headers ?? {})
    const [first] = values as readonly unknown[]
    if (!isLuaFunction(first)) {
      if (values.length === 0 && !this.#takesArguments) return NEITHER_FORM
      return answerOfLua(input.headers === undefined ? withoutEmptyHeaders(values) : values)
    }
    this.#fn = first
    return answerOfLua(first.call(status, body, headers))
  }
}

/** A forgotten `return`, or a source that is all comment: nobody means that as "unchanged". */
const NEITHER_FORM: ExitAnswer = {
  kind: 'nonsense',
  reason: 'the chunk returns no function, and does not take the answer as `...` either',
}

/** The empty table that stood for no headers, handed back, is no change. */
function withoutEmptyHeaders(values: readonly unknown[]): readonly unknown[] {
  const [status, body, headers] = values
  if (typeof headers !== 'object' || headers === null) return values
  return Object.keys(headers).length === 0 ? [status, body] : values
}

/** A table of Lua that has a `call` holds something else under that name. */
function isLuaFunction(value: unknown): value is LuaFunction {
  if (typeof value !== 'object' || value === null || !('call' in value)) return false
  return typeof value.call === 'function'
}
