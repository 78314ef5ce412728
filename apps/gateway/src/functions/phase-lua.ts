import {
  createLua,
  type HostValue,
  type Lua,
  type LuaChunk,
  type LuaFunction,
  type LuaHttp,
} from '@postern/lua'
import { EXIT_SIGNAL } from '@postern/pdk-response'
import type { Kong } from '@postern/plugin-runtime'
import type { PhaseFunction, PhaseFunctionOptions } from '@postern/pre-function'
import { asksForBody } from './asks-for-body.ts'
import { finishWaiting } from './finish-waiting.ts'
import { KeptFunction } from './kept-function.ts'
import { type LuaFunctionsOptions, STEPS_PER_MS } from './lua-functions.ts'
import type { LuaNetwork } from './lua-network.ts'
import { printTo } from './lua-print.ts'
import { answerSaid, NGX_DONE } from './ngx-output.ts'
import { isLuaFunction } from './pdk-argument.ts'
import { type PhaseCall, PhaseCalls } from './phase-calls.ts'
import { createPhaseLuaKong } from './phase-lua-kong.ts'
import { createPhaseLuaNgx } from './phase-lua-ngx.ts'

/**
 * Steps of one call unless the settings tell its time: a quarter of a second at most on an idle
 * machine, most often a tenth. Enough for a loop of a million turns, as in the exchanges recorded
 * from Kong.
 */
const DEFAULT_FUEL = 10_000_000

/** For one call that waits, as for one in JavaScript. */
const DEFAULT_WAIT_MS = 1000

/**
 * Compiles Lua functions of pre-function and post-function to run in this process, with the whole
 * of `kong` and much of `ngx`.
 *
 * A chunk that returns a function is an initialiser: the function runs at once, and from then on
 * alone, with the locals around it.
 */
export function createPhaseLua(
  options: LuaFunctionsOptions,
  timeoutMs?: number,
): (source: string, compile: PhaseFunctionOptions) => PhaseFunction {
  const calls = new PhaseCalls()
  let made: Lua | undefined
  const fuel = timeoutMs === undefined ? DEFAULT_FUEL : timeoutMs * STEPS_PER_MS
  const waitMs = timeoutMs ?? DEFAULT_WAIT_MS
  const lua = (): Lua => (made ??= startLua({ ...options, fuel }, calls, lua))
  return (source, { name, phase }) => {
    const runner = new ChunkRunner(lua().compile(source, name), calls)
    return {
      needsBody: asksForBody(source, phase),
      run(kong, piece) {
        const call = {
          name,
          kong: kong as Kong,
          phase,
          piece,
          timeoutMs: waitMs,
          waitsUntilMs: undefined,
        }
        return runner.run(call)
      },
    }
  }
}

function startLua(
  options: LuaFunctionsOptions & { readonly fuel: number },
  calls: PhaseCalls,
  lua: () => Lua,
): Lua {
  const { mode, requires, environment, log, network, fuel } = options
  const { packagePath = [], reach = 'sandbox' } = options
  return createLua({
    mode,
    requires,
    extraGlobals: environment,
    packagePath,
    globals: { kong: createPhaseLuaKong(calls, reach, lua), ngx: createPhaseLuaNgx(calls, reach) },
    fuel,
    print: printTo(log, calls),
    isSignal: (error) => error === EXIT_SIGNAL || error === NGX_DONE,
    ...(network !== undefined && { http: httpOf(network, calls) }),
  })
}

function httpOf(network: LuaNetwork, calls: PhaseCalls): LuaHttp {
  return (request) => {
    calls.mayWait()
    return network.http(request)
  }
}

class ChunkRunner {
  readonly #chunk: LuaChunk
  readonly #calls: PhaseCalls
  /** What an initialiser has returned. */
  readonly #kept: KeptFunction

  constructor(chunk: LuaChunk, calls: PhaseCalls) {
    this.#chunk = chunk
    this.#calls = calls
    this.#kept = new KeptFunction(chunk)
  }

  run(call: PhaseCall): void | Promise<void> {
    try {
      const pending = this.#start(call)
      if (pending !== undefined) {
        return pending.catch(passDone).then(() => answerSaid(call))
      }
    } catch (error) {
      passDone(error)
    }
    answerSaid(call)
  }

  #start(call: PhaseCall): void | Promise<void> {
    const fn = this.#kept.current()
    if (fn !== undefined) return this.#call(fn, call, ignore)
    const { era } = this.#kept
    return this.#call(this.#chunk, call, ([first]) => {
      if (!isLuaFunction(first)) return
      return this.#call(this.#kept.keep(first as LuaFunction, era), call, ignore)
    })
  }

  #call(callee: LuaFunction, call: PhaseCall, take: Take): void | Promise<void> {
    const values = this.#calls.during(call, () => callee.callWaiting())
    if (Array.isArray(values)) return take(values)
    return finishWaiting(values, call, this.#calls).then((all) => {
      // Ends the phase without a word: nobody is there to be answered.
      if (all === undefined) throw EXIT_SIGNAL
      return take(all)
    })
  }
}

/** What becomes of the values of a call. */
type Take = (values: readonly HostValue[]) => void | Promise<void>

function ignore(): void {}

/** A function that is done has not failed. */
function passDone(error: unknown): void {
  if (error !== NGX_DONE) throw error
}
