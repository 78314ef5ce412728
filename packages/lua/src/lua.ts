import { compileLua, TOO_COMPLEX } from './compiler/compile-lua.ts'
import { mayWait } from './compiler/may-wait.ts'
import { createEvaluator, isTooComplex, type Program } from './compiler/evaluate.ts'
import { LuaSyntaxError } from './compiler/syntax-error.ts'
import { syntaxFault } from './errors.ts'
import { callFromHost, callWaitingFromHost } from './host/border.ts'
import type { HostValue, LuaFunction, LuaWaitingCall } from './host/host-value.ts'
import { decodeLossy, encodeUtf8 } from './host/utf8.ts'
import { readOptions, type LuaOptions } from './options.ts'
import { uncharged } from './runtime/budget.ts'
import { countLines, reserveLines } from './runtime/position.ts'
import { surface } from './runtime/surface.ts'
import { type Compile, createWorlds, type World } from './world.ts'

/** Compiles Lua chunks; what they share is settings and host functions, never globals. */
export interface Lua {
  /**
   * Parses and compiles a chunk and runs nothing.
   *
   * @param source at most 65,536 bytes of UTF-8; bytecode is refused
   * @param chunkName stands in messages before the line: `chunk:3: …`
   * @throws POSTERN_LUA_SYNTAX with `line` and `column`
   */
  compile(source: string, chunkName?: string): LuaChunk
}

/** A compiled chunk. Its globals live as long as it does and are its own. */
export interface LuaChunk extends LuaFunction {
  /**
   * Runs the chunk; the arguments are its `...`. Under a fresh budget each time.
   *
   * @throws POSTERN_LUA_RUNTIME, POSTERN_LUA_BUDGET
   */
  call(...args: HostValue[]): HostValue[]
  /** The same, so that it may wait. @throws POSTERN_LUA_RUNTIME, POSTERN_LUA_BUDGET */
  callWaiting(...args: HostValue[]): HostValue[] | LuaWaitingCall
  /**
   * Bytes that the chunk and its functions have allocated since its globals were made, garbage
   * included: it holds no more than that.
   */
  readonly allocatedBytes: number
  /** Forgets its globals and locals: the next call runs it from the start. */
  renew(): void
}

/**
 * Makes a Lua 5.1: a compiler to JavaScript and the libraries its chunks see.
 *
 * @example
 * const [greet] = createLua().compile('return function(name) return "hello " .. name end').call()
 * greet.call('tea') // ['hello tea']
 */
export function createLua(options: LuaOptions = {}): Lua {
  const settings = readOptions(options)
  const evaluate = createEvaluator()
  const compile: Compile = (bytes, chunkName, { canSuspend = mayWait(bytes, settings) } = {}) =>
    evaluate(
      compileLua(bytes, {
        chunkName,
        firstSite: reserveLines(chunkName, countLines(bytes)),
        canSuspend,
      }),
    )
  const createWorld = createWorlds(settings, compile)
  return {
    compile(source, chunkName = 'chunk') {
      const bytes = encodeUtf8(source)
      const program = asHostFault(() => compile(bytes, encodeUtf8(chunkName)))
      const canWait = mayWait(bytes, settings)
      return asChunk(program, () => createWorld(canWait))
    },
  }
}

function asHostFault<T>(work: () => T): T {
  try {
    return work()
  } catch (error) {
    if (isTooComplex(error)) throw syntaxFault(TOO_COMPLEX, 1, 1).causedBy(error)
    if (!(error instanceof LuaSyntaxError)) throw error
    throw syntaxFault(decodeLossy(error.message), error.line, error.column)
  }
}

/** The world of a chunk is made when it first runs: saving a function only compiles it. */
function asChunk(program: Program, createWorld: () => World): LuaChunk {
  let ready: { world: World; main: ReturnType<ReturnType<Program>> } | undefined
  const start = (): NonNullable<typeof ready> => {
    const world = createWorld()
    return (ready = { world, main: uncharged(() => program(surface)(world.environment)) })
  }
  return {
    call(...args) {
      const { world, main } = ready ?? start()
      return callFromHost(world, main, args)
    },
    callWaiting(...args) {
      const { world, main } = ready ?? start()
      return callWaitingFromHost(world, main, args)
    },
    get allocatedBytes() {
      return ready?.world.allocated.bytes ?? 0
    },
    renew() {
      ready = undefined
    },
  }
}
