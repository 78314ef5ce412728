import type { LanesState } from './lanes.ts'
import type { KnownFunction } from './pending-call.ts'

/** What goes on in a host, as plain data: for a page of an Admin API, or to make metrics of. */
export interface HostState extends LanesState {
  /** Those that somebody still holds. */
  readonly functions: readonly FunctionState[]
}

/** One function and its circuit breaker. */
export interface FunctionState {
  readonly name: string
  /** As it was given when it was compiled. */
  readonly owner: unknown
  /** Calls that were begun or refused, in all. */
  readonly calls: number
  /** Processes that had to be ended because of it, in all. */
  readonly kills: number
  /** Of these, how many count towards switching it off. */
  readonly recentKills: number
  /** Until when its calls are refused, in ms since 1970; null when they are not. */
  readonly switchedOffUntilMs: number | null
}

/** Tells the state of functions, soonest switched off first, then by name. */
export function stateOfFunctions(functions: Iterable<KnownFunction>): FunctionState[] {
  const nowMs = performance.now()
  const states = Array.from(functions, (fn) => stateOf(fn, nowMs))
  return states.toSorted(
    (a, b) =>
      (b.switchedOffUntilMs ?? 0) - (a.switchedOffUntilMs ?? 0) || (a.name < b.name ? -1 : 1),
  )
}

function stateOf({ name, owner, calls, breaker }: KnownFunction, nowMs: number): FunctionState {
  const { total, recent } = breaker.kills(nowMs)
  const offMs = breaker.offForMs(nowMs)
  const switchedOffUntilMs = offMs > 0 ? Math.ceil(Date.now() + offMs) : null
  const kills = { kills: total, recentKills: recent, switchedOffUntilMs }
  return { name, owner, calls: calls.count, ...kills }
}
