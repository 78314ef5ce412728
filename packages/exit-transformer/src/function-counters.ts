/** What one function did since its configuration was published. */
export interface FunctionCounters {
  /** Exits handed to it. */
  calls: number
  /** Threw, or answered nonsense. */
  failures: number
  /** Ended by its deadline or by a limit of memory or steps. */
  kills: number
  /** Answered something else than it was given. */
  changed: number
}

/** Counters at zero. */
export function createCounters(): FunctionCounters {
  return { calls: 0, failures: 0, kills: 0, changed: 0 }
}

/** The codes with which engines say that they ended a call. */
const KILL = /_(?:TIMEOUT|KILLED|BUDGET)$/

/** Whether an engine ended the call, as opposed to the function having failed by itself. */
export function isKill(error: unknown): boolean {
  if (typeof error !== 'object' || error === null || !('code' in error)) return false
  return typeof error.code === 'string' && KILL.test(error.code)
}
