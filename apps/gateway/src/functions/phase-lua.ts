import { createLua, type HostValue, type Lua, type LuaChunk, type LuaFunction } from '@postern/lua'
import { EXIT_SIGNAL } from '@postern/pdk-response'
import type { Kong } from '@postern/plugin-runtime'
import type { PhaseFunction, PhaseFunctionOptions } from '@postern/pre-function'
import { asksForBody } from './asks-for-body.ts'
import { type LuaFunctionsOptions, STEPS_PER_MS } from './lua-functions.ts'
import { answerSaid, NGX_DONE } from './ngx-output.ts'
import { isLuaFunction } from './pdk-argument.ts'
import { type PhaseCall, PhaseCalls } from './phase-calls.ts'
import { createPhaseLuaKong } from './phase-lua-kong.ts'
import { createPhaseLuaNgx } from './phase-lua-ngx.ts'
import { renewLarge } from './renew-large.ts'

/**
 * Steps of one call unless the settings tell its time: a quarter of a second at most on an idle
 * machine, most often a tenth. Enough for a loop of a million turns, as in the exchanges recorded
 * from Kong.
 */
const DEFAULT_FUEL = 10_000_000

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
  const lua = (): Lua => (made ??= startLua({ ...options, fuel }, calls, lua))
  return (source, { name, phase }) => {
    const runner = new ChunkRunner(lua().compile(source, name))
    return {
      needsBody: asksForBody(source, phase),
      run(kong, piece) {
        const call: PhaseCall = { kong: kong as Kong, phase, piece }
        calls.during(call, () => runner.run(call))
      },
    }
  }
}

function startLua(
  options: LuaFunctionsOptions & { readonly fuel: number },
  calls: PhaseCalls,
  lua: () => Lua,
): Lua {
  const { mode, requires, environment, log, reach = 'sandbox', fuel } = options
  return createLua({
    mode,
    requires,
    extraGlobals: environment,
    globals: { kong: createPhaseLuaKong(calls, reach, lua), ngx: createPhaseLuaNgx(calls, reach) },
    fuel,
    print: (text: string) => log.notice(text),
    isSignal: (error) => error === EXIT_SIGNAL || error === NGX_DONE,
  })
}

class ChunkRunner {
  readonly #chunk: LuaChunk
  /** What an initialiser has returned. */
  #fn: LuaFunction | undefined

  constructor(chunk: LuaChunk) {
    this.#chunk = chunk
    this.#fn = undefined
  }

  run(call: PhaseCall): void {
    try {
      this.#call()
    } catch (error) {
      if (error !== NGX_DONE) throw error
    }
    answerSaid(call)
  }

  #call(): void {
    if (renewLarge(this.#chunk)) this.#fn = undefined
    if (this.#fn !== undefined) return void this.#fn.call()
    const [first] = this.#chunk.call() as readonly HostValue[]
    if (!isLuaFunction(first)) return
    this.#fn = first as LuaFunction
    this.#fn.call()
  }
}
