import {
  answerOfLua,
  type CompileOptions,
  type ExitAnswer,
  type CompiledExitFunction,
  type ExitInput,
} from '@postern/exit-transformer'
import {
  createLua,
  type HostValue,
  type Lua,
  type LuaChunk,
  type LuaFunction,
  type LuaWaitingCall,
} from '@postern/lua'
import type { Kong, Log } from '@postern/plugin-runtime'
import { finishWaiting } from './finish-waiting.ts'
import { type Era, KeptFunction } from './kept-function.ts'
import { type LuaReach, visibleNgx } from './lua-endowments.ts'
import { createLuaKong } from './lua-kong.ts'
import type { LuaNetwork } from './lua-network.ts'
import { createLuaNgx } from './lua-ngx.ts'
import { printTo } from './lua-print.ts'
import { sleepFunction } from './ngx-sleep.ts'
import { CallStack, type RunningCall } from './running-call.ts'

/** How Lua functions may run. */
export interface LuaFunctionsOptions {
  readonly mode: 'sandbox' | 'on'
  /** Modules that may be required in the sandbox. */
  readonly requires: readonly string[]
  /** Names of Lua's own globals that the sandbox has besides, for example `setmetatable`. */
  readonly environment: readonly string[]
  /** Where mode `on` looks for files of modules: names with `?`. Default: nowhere. */
  readonly packagePath?: readonly string[]
  /** Which part of `kong` and `ngx` they see. Default: what the sandbox shows. */
  readonly reach?: LuaReach
  /** For `resty.http`. Without it there is no such module. */
  readonly network?: LuaNetwork | undefined
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
  const ngx = visibleNgx(reach, {
    ...createLuaNgx(calls),
    ...(reach === 'on' && { sleep: sleepFunction(() => {}) }),
  })
  let made: Lua | undefined
  const lua = (): Lua => (made ??= startLua())
  const globals = { kong: createLuaKong(calls, reach, lua), ngx }

  function startLua(): Lua {
    const { mode, requires, environment, packagePath = [], log, network } = options
    return createLua({
      mode,
      requires,
      extraGlobals: environment,
      packagePath,
      globals,
      fuel: () => (calls.current?.timeoutMs ?? 0) * STEPS_PER_MS,
      print: printTo(log, calls),
      ...(network !== undefined && { http: network.http }),
    })
  }

  return (source, { name, timeoutMs: ownMs, isShadow }) => {
    const runner = new ChunkRunner(lua().compile(source, name), source, calls)
    return (input, context, given, leftMs = ownMs) => {
      const timeoutMs = Math.min(ownMs, leftMs)
      const kong = given as Kong | undefined
      const call = { name, kong, context, isShadow, timeoutMs, waitsUntilMs: undefined }
      return runner.run(call, input)
    }
  }
}

/** The answer of a function, or a promise of it where the function waits. */
type Answer = ExitAnswer | Promise<ExitAnswer>

class ChunkRunner {
  readonly #chunk: LuaChunk
  /** A chunk of APISIX's form cannot do without `...`. */
  readonly #takesArguments: boolean
  readonly #calls: CallStack
  /** What a chunk of Kong's form returned. */
  readonly #kept: KeptFunction

  constructor(chunk: LuaChunk, source: string, calls: CallStack) {
    this.#chunk = chunk
    this.#takesArguments = source.includes('...')
    this.#calls = calls
    this.#kept = new KeptFunction(chunk)
  }

  run(call: RunningCall, input: ExitInput): Answer {
    const fn = this.#kept.current()
    if (fn !== undefined) return this.#runFunction(fn, call, input)
    const { era } = this.#kept
    const { status } = input
    const body = input.body as HostValue
    // In APISIX headers are a table always; in Kong they are nil where an exit gave none.
    const headers = (input.headers as HostValue) ?? {}
    const values = this.#calls.during(call, () => this.#chunk.callWaiting(status, body, headers))
    return this.#settle(values, call, (all) => this.#begin(all, call, { input, era }))
  }

  #runFunction(fn: LuaFunction, call: RunningCall, input: ExitInput): Answer {
    const { status } = input
    const body = input.body as HostValue
    const headers = input.headers as HostValue
    const values = this.#calls.during(call, () => fn.callWaiting(status, body, headers))
    return this.#settle(values, call, answerOfLua)
  }

  #begin(
    values: readonly HostValue[],
    call: RunningCall,
    { input, era }: { readonly input: ExitInput; readonly era: Era },
  ): Answer {
    const [first] = values as readonly unknown[]
    if (isLuaFunction(first)) return this.#runFunction(this.#kept.keep(first, era), call, input)
    if (values.length === 0 && !this.#takesArguments) return NEITHER_FORM
    return answerOfLua(input.headers === undefined ? withoutEmptyHeaders(values) : values)
  }

  /** A function whose request has ended meanwhile leaves the answer as it is: nobody is given it. */
  #settle(
    values: HostValue[] | LuaWaitingCall,
    call: RunningCall,
    take: (values: readonly HostValue[]) => Answer,
  ): Answer {
    if (Array.isArray(values)) return take(values)
    return finishWaiting(values, call, this.#calls).then((all) =>
      all === undefined ? answerOfLua([]) : take(all),
    )
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
