import { endOf, frames, METHOD_CALL, rest, run, type Run } from './budget.ts'
import { all, isPending } from './call.ts'
import { asHostError, begin, execute, type Surroundings } from './execution.ts'
import { setSignal, type IsSignal } from './protect.ts'
import {
  NOTHING,
  type Callable,
  type Coroutine,
  type LuaResult,
  type LuaValue,
  type SuspendableCall,
} from './value.ts'
import { Wait, type Outcome } from './wait.ts'
import { current } from './world.ts'

/** What the values of a call become while its budget still counts. */
type Take<T> = (values: readonly LuaValue[], surroundings: Surroundings) => T

/**
 * Runs a Lua function for the host, as `execute` does, but in the form that can wait. Answers its
 * values when it has not waited, else the call.
 *
 * A call made while another runs cannot wait: the host stands in between.
 *
 * @throws POSTERN_LUA_RUNTIME, POSTERN_LUA_BUDGET
 */
export function executeWaiting<T>(
  surroundings: Surroundings,
  callee: Callable,
  args: LuaValue[],
  take: Take<T>,
): T | WaitingCall<T> {
  const { g: form } = callee
  if (form === undefined || surroundings.canWait !== true || run.isRunning) {
    return execute(surroundings, callee, args, take)
  }
  const outer = enter(surroundings)
  try {
    const generator = form(...args)
    if (!isPending(generator)) return take(all(generator), surroundings)
    const stopped = step(generator)
    if (!(stopped instanceof Wait)) return take(all(stopped), surroundings)
    return new WaitingCall({ surroundings, generator, take }, { wait: stopped, state: save() })
  } catch (error) {
    throw asHostError(error, false)
  } finally {
    leave(outer)
  }
}

/** A call that waits for the host. Other calls run meanwhile, with budgets of their own. */
export class WaitingCall<T> {
  readonly #parts: CallParts<T>
  readonly #result: PromiseWithResolvers<T>
  #within: (part: () => void) => void
  /** Undefined while it runs, and once it is over. */
  #stop: Stop | undefined
  #isEnded: boolean

  constructor(parts: CallParts<T>, stop: Stop) {
    this.#parts = parts
    this.#result = Promise.withResolvers()
    this.#within = (part) => part()
    this.#stop = stop
    this.#isEnded = false
  }

  /**
   * Goes on after each wait, and answers what the call answers. To be called once, at once.
   *
   * @param within runs each part of the call after a wait; for what belongs to a call outside Lua
   * @throws POSTERN_LUA_RUNTIME, POSTERN_LUA_BUDGET
   */
  finish(within?: (part: () => void) => void): Promise<T> {
    if (within !== undefined) this.#within = within
    this.#listen()
    return this.#result.promise
  }

  /**
   * Ends the call where it waits: what it waits for is aborted, nothing of it runs on, and it fails
   * with POSTERN_LUA_BUDGET, `exceeded` being `time`. Does nothing once it is over.
   */
  end(): void {
    this.#isEnded = true
    const stop = this.#stop
    if (stop === undefined) return
    this.#goOn(stop)
    stop.wait.abort()
  }

  #listen(): void {
    const stop = this.#stop
    if (stop === undefined) return
    const resume = (outcome: Outcome): void => {
      // It may have been ended meanwhile.
      if (this.#stop !== stop) return
      stop.wait.outcome = outcome
      this.#within(() => this.#goOn(stop))
      this.#listen()
    }
    stop.wait.answer.then(
      (value) => resume({ kind: 'answer', value }),
      (error: unknown) => resume({ kind: 'failure', error }),
    )
  }

  #goOn({ state }: Stop): void {
    const { surroundings, generator, take } = this.#parts
    this.#stop = undefined
    const outer = enter(surroundings, state)
    try {
      if (this.#isEnded) endNow()
      const stopped = step(generator)
      if (stopped instanceof Wait) this.#stop = { wait: stopped, state: save() }
      else this.#result.resolve(take(all(stopped), surroundings))
    } catch (error) {
      // Handed on as it is: a signal of the host need not be an Error.
      this.#result.reject(asHostError(error, false))
    } finally {
      leave(outer)
    }
    if (this.#isEnded) this.end()
  }
}

/** Ends the call that is running. What it has not allocated it is not said to have. */
function endNow(): void {
  const { memory } = run
  endOf('time', lastSite())
  run.memory = memory
}

interface CallParts<T> {
  readonly surroundings: Surroundings
  readonly generator: SuspendableCall
  readonly take: Take<T>
}

/** Where a call has stopped. */
interface Stop {
  readonly wait: Wait
  readonly state: State
}

/** What belongs to a call of what the process has once: what is left of its budget, and its lines. */
interface State {
  readonly run: Readonly<Run>
  readonly lines: Int32Array
  readonly coroutine: Coroutine | undefined
}

function save(): State {
  return {
    run: { ...run },
    lines: frames.slice(0, run.depth + 1),
    coroutine: current.coroutine,
  }
}

function restore({ run: kept, lines, coroutine }: State): void {
  Object.assign(run, kept)
  frames.set(lines)
  current.coroutine = coroutine
}

/** What a part of a call found, to be put back when it stops. */
interface Outer {
  readonly surroundings: Surroundings
  /** What the part began with. */
  readonly memory: number
  /** Of the call that was running; undefined when none was. */
  readonly state: State | undefined
  readonly before: Surroundings | undefined
  readonly isSignal: IsSignal
}

/** Begins a call, or takes it up again. */
function enter(surroundings: Surroundings, state?: State): Outer {
  const outer = run.isRunning ? save() : undefined
  const { surroundings: before } = current
  const isSignal = setSignal(surroundings.isSignal)
  current.surroundings = surroundings
  if (state === undefined) {
    current.coroutine = undefined
    begin(surroundings)
    run.canWait = true
  } else {
    restore(state)
  }
  return {
    surroundings,
    memory: run.memory,
    state: outer,
    before,
    isSignal,
  }
}

function leave(outer: Outer): void {
  const { surroundings, memory, state, before, isSignal } = outer
  surroundings.allocated.bytes += memory - Math.max(0, run.memory)
  setSignal(isSignal)
  current.surroundings = before
  if (state !== undefined) restore(state)
  else standStill()
}

function standStill(): void {
  current.coroutine = undefined
  run.depth = 0
  run.resumes = 0
  run.isRunning = false
  run.canWait = false
  rest()
}

/** Where the innermost function that was written stands: `pcall(ngx.sleep)` has no line of its own. */
function lastSite(): number {
  for (let { depth } = run; depth > 0; depth--) {
    const site = frames[depth] as number
    if (site > 0) return site % METHOD_CALL
  }
  return 0
}

/** To the next wait or the end. Nothing else stops it: outside coroutines `yield` is an error. */
function step(generator: SuspendableCall): LuaResult | Wait {
  return generator.next(NOTHING).value
}
