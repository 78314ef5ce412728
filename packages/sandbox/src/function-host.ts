import { type BreakerOptions, createCircuitBreaker } from './circuit-breaker.ts'
import { type CompiledFunction, type CompileOptions, compileFunction } from './compile-function.ts'
import { type Endowment, type EndowmentSet, endowmentsOf } from './endowments.ts'
import { sandboxErrors } from './errors.ts'
import { type HostState, stateOfFunctions } from './host-state.ts'
import { createLanes, type FunctionLogLine, type Lanes, type SwitchedOff } from './lanes.ts'
import type { ModuleSources } from './module-sources.ts'
import type { ModuleSet } from './module-set.ts'
import type { Language } from './parse-function.ts'
import {
  type CallContent,
  callLine,
  type CallResult,
  type KnownFunction,
  limitsOf,
} from './pending-call.ts'
import { readModules } from './read-modules.ts'
import type { Mode } from './refuse-forms.ts'
import { type SourceProblem, SourceRefused } from './source-problem.ts'

export interface FunctionHostOptions {
  /** `sandbox`: confined and metered. `on`: with all that Node has, in a process all the same. */
  readonly mode: Mode
  /** URL of a trusted module that the processes import: see `Prelude`. */
  readonly prelude?: string
  /** Processes kept ready beside the one in use. Default 1. */
  readonly spares?: number
  /** Memory in MiB that one call may come to hold, over the about 40 of the process. Default 64. */
  readonly memoryMb?: number
  /**
   * What functions get in mode `sandbox` beside the language: a list, or the name of one.
   * `strict` is nothing, `sandbox` (default) the time and random numbers, `lax` all there is.
   */
  readonly endowments?: EndowmentSet | readonly Endowment[]
  /**
   * Modules that functions may import in mode `sandbox`. Each function that does has its own of
   * them, in its own Compartment, and their evaluation is part of the call that needs them first.
   */
  readonly modules?: ModuleSources
  /** Calls that may wait for a process, before more are refused. Default 4,096. */
  readonly maxWaiting?: number
  readonly breaker?: BreakerOptions
  /** Told each line that a function writes to its console. Control characters are escaped. */
  readonly log?: (line: FunctionLogLine) => void
  /** Told when a function has ended its process too often and is refused for a while. */
  readonly onSwitchedOff?: (event: SwitchedOff) => void
}

export interface CompileFunctionOptions {
  /** Stands before the place in messages, for example `exit-transformer[1]`. */
  readonly name: string
  /**
   * Whose it is: told by `state()` and `onSwitchedOff` as it was given, where several hold functions of
   * one name. Never read.
   */
  readonly owner?: unknown
  /** From the moment its process turns to the call until the result is copied. At least 1. */
  readonly timeoutMs: number
  /**
   * Turns of loops, entries of functions, values and characters that intrinsics go over. Default
   * 100,000 for each ms of the deadline, which an empty loop needs about a fifth of it for.
   */
  readonly steps?: number
  /** JavaScript, or else TypeScript, unless told. */
  readonly language?: Language
  /** What it may import instead of the host's `modules`: they have become others, for one. */
  readonly modules?: ModuleSources
}

/** Processes that run functions, and the functions. */
export interface FunctionHost {
  /**
   * Reads and checks a source, and runs nothing: the module is evaluated by the first call.
   *
   * Starts a process when it is the first. A function that nobody holds any more is forgotten.
   *
   * @throws POSTERN_SANDBOX_SYNTAX, with `line` and `column` on it, and `unlisted` where it is for a
   *   module of that name
   */
  compile(source: string, options: CompileFunctionOptions): SandboxedFunction
  /** Resolves when a process is ready. Calls wait for that by themselves. */
  start(): Promise<void>
  /** Ends all processes, and the calls that wait with POSTERN_SANDBOX_CLOSED. */
  close(): Promise<void>
  /** Processes, and functions with their circuit breakers, as plain data. */
  state(): HostState
  /** Of the process that takes the next call, when there is one. */
  readonly pid: number | undefined
}

export interface SandboxedFunction {
  /** Names of the modules that it can come to evaluate. */
  readonly modules: readonly string[]
  /**
   * Calls the function in its process.
   *
   * @param args JSON data; undefined arrives as undefined
   * @param context handed to the prelude's `createEndowments`
   * @param atMostMs shortens the deadline of this call, and its steps with it; at least 1
   * @throws POSTERN_SANDBOX_TIMEOUT, _BUDGET, _THREW, _RESULT, _KILLED, _ARGUMENTS,
   *   _SWITCHED_OFF, _OVERLOADED, _START, _CLOSED, as a rejection
   */
  call(args: readonly unknown[], context?: unknown, atMostMs?: number): Promise<CallResult>
}

const MIB = 1024 * 1024

const STEPS_PER_MS = 100_000

/**
 * Runs functions nobody vouches for in processes of their own, one in use and the others warm.
 *
 * What happens to a call: it waits for the process, runs there within its deadline, and its result
 * is copied and checked there. A function that overruns is stopped inside, or its process is
 * ended and a spare takes over; calls that waited behind it are done there. A call is never done
 * twice once it has begun, except when its process was ended from outside: then once more, alone.
 *
 * @throws POSTERN_SANDBOX_SYNTAX for a module that cannot be used, with `line` and `column`
 */
export function createFunctionHost(options: FunctionHostOptions): FunctionHost {
  const { mode, breaker = {} } = options
  // Now, so that one which cannot be used is told before there is a function.
  readUsable(mode, options.modules)
  const lanes = openLanes(options)
  const known = new Map<number, KnownFunction>()
  const unheld = new FinalizationRegistry<number>((id) => {
    known.delete(id)
    lanes.forget(id)
  })
  let lastFunction = 0
  let lastCall = 0

  return {
    compile(source, given) {
      const { name, language } = given
      const modules = readUsable(mode, given.modules ?? options.modules)
      const compiled = compileNamed(source, name, { mode, language, modules })
      lanes.fill()
      const fn = knownFunction({ ...given, id: ++lastFunction, compiled, breaker })
      known.set(fn.id, fn)
      const callable = callableOf(fn, (content) => {
        const id = ++lastCall
        const { limits } = content
        return lanes.call({ id, fn, limits, line: callLine({ ...content, id }) })
      })
      unheld.register(callable, fn.id)
      return callable
    },
    start: () => lanes.ready(),
    close: () => lanes.close(),
    state: () => ({ ...lanes.state(), functions: stateOfFunctions(known.values()) }),
    get pid() {
      return lanes.pid
    },
  }
}

function knownFunction(
  given: CompileFunctionOptions &
    Pick<KnownFunction, 'id' | 'compiled'> & { readonly breaker: BreakerOptions },
): KnownFunction {
  const { id, name, owner, timeoutMs, steps = timeoutMs * STEPS_PER_MS, compiled } = given
  const breaker = createCircuitBreaker(given.breaker)
  return { id, name, owner, timeoutMs, steps, compiled, breaker, calls: { count: 0 } }
}

function callableOf(
  fn: KnownFunction,
  send: (content: Omit<CallContent, 'id'>) => Promise<CallResult>,
): SandboxedFunction {
  return {
    modules: fn.compiled.modules.map(({ name }) => name),
    async call(args, context, atMostMs = fn.timeoutMs) {
      fn.calls.count += 1
      return send({ fn, limits: limitsOf(fn, atMostMs), args, context })
    },
  }
}

function openLanes(options: FunctionHostOptions): Lanes {
  const { memoryMb = 64 } = options
  return createLanes({
    settings: {
      mode: options.mode,
      prelude: options.prelude,
      endowments: endowmentsOf(options.endowments ?? 'sandbox'),
      memoryBytes: memoryMb * MIB,
    },
    heapMb: memoryMb * 2 + PROCESS_MB,
    maxResidentBytes: (memoryMb * 3 + RESIDENT_MB) * MIB,
    retireAtBytes: (memoryMb * 1.5 + RESIDENT_MB) * MIB,
    count: 1 + (options.spares ?? 1),
    maxWaiting: options.maxWaiting ?? 4_096,
    log: options.log,
    onSwitchedOff: options.onSwitchedOff,
  })
}

/** Heap of a process that has done nothing yet, with room to move. */
const PROCESS_MB = 40
/** Resident memory of the same. */
const RESIDENT_MB = 100

/** In mode `on` functions import from Node. */
function readUsable(mode: Mode, modules: ModuleSources | undefined): ModuleSet | undefined {
  if (mode === 'on' || modules === undefined) return undefined
  const read = readModules(modules)
  const [problem] = read.problems
  if (problem !== undefined) throw syntaxError(problem.module, problem)
  return read
}

interface NamedOptions extends Omit<CompileOptions, 'language'> {
  readonly language: Language | undefined
}

function compileNamed(
  source: string,
  name: string,
  { language, ...options }: NamedOptions,
): CompiledFunction {
  try {
    return compileFunction(source, { ...options, ...(language === undefined ? {} : { language }) })
  } catch (error) {
    if (!(error instanceof SourceRefused)) throw error
    throw syntaxError(name, error.problem)
  }
}

function syntaxError(name: string, { message, ...facts }: SourceProblem): Error {
  const { line, column } = facts
  return Object.assign(sandboxErrors.SYNTAX(name, line, column, message), facts)
}
