import { BudgetExceeded } from './control.ts'

/**
 * Depth of Lua calls. Fits into Node's default stack of 984 KiB; where the host is deep already,
 * V8's own limit ends the call in the same way.
 */
export const MAX_DEPTH = 2000

/** A tail call deeper than this returns to its caller first, so that tail calls need no stack. */
export const TAIL_DEPTH = 150

/** A `pcall`, a resumed coroutine and the like take several frames of JavaScript. */
export const NATIVE_DEPTH = 6

/**
 * What the running call may still use. One for the process: Lua runs synchronously, and a call
 * made from inside another call (by way of a host function) uses what is left of the outer one.
 */
export interface Run {
  /** Steps left. A step is about 10 ns. */
  fuel: number
  /** Bytes that may still be allocated; garbage is not given back. */
  memory: number
  depth: number
  /** Coroutines resumed inside each other. */
  resumes: number
  isRunning: boolean
  /** Whether every function between here and the host can be suspended, see waiting-call.ts. */
  canWait: boolean
  /** Set by the first budget error, so that nothing runs on after it. */
  ended: BudgetExceeded | undefined
}

export const run: Run = {
  fuel: 2 ** 30,
  memory: 2 ** 30,
  depth: 0,
  resumes: 0,
  isRunning: false,
  canWait: false,
  ended: undefined,
}

/** The line each active call has reached, by depth; 0 for calls made by built-in functions. */
export const frames: Int32Array = new Int32Array(MAX_DEPTH + 512)

/** Uses up steps. */
export function spend(steps: number): void {
  if ((run.fuel -= steps) < 0) endRun('fuel')
}

/** Uses up bytes, and the time that touching them takes. */
export function allocate(bytes: number): void {
  if ((run.memory -= bytes) < 0) endRun('memory')
}

/** Charges for reading a string from end to end. */
export function scan(length: number): void {
  if ((run.fuel -= (length >> 5) + 1) < 0) endRun('fuel')
}

/** Charges for a new flat string before it is made. */
export function allocateString(length: number): void {
  if ((run.fuel -= (length >> 5) + 1) < 0) endRun('fuel')
  if ((run.memory -= length + 32) < 0) endRun('memory')
}

/** Does work of ours that no call pays for. */
export function uncharged<T>(work: () => T): T {
  return aside({ fuel: UNCHARGED, memory: UNCHARGED }, work)
}

/** Does work under a budget of its own; what the running call has left stays as it is. */
export function aside<T>(budget: { fuel: number; memory: number }, work: () => T): T {
  const { fuel, memory, ended } = run
  run.fuel = budget.fuel
  run.memory = budget.memory
  try {
    return work()
  } finally {
    run.fuel = fuel
    run.memory = memory
    run.ended = ended
  }
}

const UNCHARGED = 2 ** 30

/** Between calls nothing is short: compiling and making libraries is nobody's budget. */
export function rest(): void {
  run.fuel = run.memory = UNCHARGED
  run.ended = undefined
}

/** Leaves a loop or a frame entry that failed its check: out of steps, or too deep. */
export function stop(site: number = siteAt(1)): never {
  throw endOf(run.fuel < 0 ? 'fuel' : 'stack', site)
}

const MESSAGES = {
  fuel: 'the function ran out of steps',
  memory: 'the function ran out of memory',
  stack: 'stack overflow',
  time: 'the function ran out of time',
} as const

export function endRun(what: keyof typeof MESSAGES): never {
  throw endOf(what)
}

/** Ends the run without throwing yet. */
export function endOf(what: keyof typeof MESSAGES, site: number = siteAt(1)): BudgetExceeded {
  run.ended ??= new BudgetExceeded(what, MESSAGES[what], site)
  run.fuel = -1
  run.memory = -1
  return run.ended
}

/** Added to the site of a call written `object:name(…)`, whose first argument nobody wrote. */
export const METHOD_CALL: number = 2 ** 30

/** Whether the running built-in function was called as a method. */
export function isMethodCall(): boolean {
  const site = frames[run.depth] as number
  return site >= METHOD_CALL
}

/** Where the call `level` frames up stands: 1 is the Lua function that called the running built-in. */
export function siteAt(level: number): number {
  let depth = run.depth
  for (let up = level; depth > 0; depth--) {
    const site = frames[depth] as number
    if (site >= 0 && --up <= 0) return site % METHOD_CALL
  }
  return 0
}
