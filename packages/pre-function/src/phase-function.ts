import type { BodyFilterState } from '@postern/pdk-response'

/** The phases that functions can be configured for, in the order of Kong's schema. */
export const FUNCTION_PHASES = [
  'certificate',
  'rewrite',
  'access',
  'header_filter',
  'body_filter',
  'log',
] as const

/** A phase that functions can be configured for. */
export type FunctionPhase = (typeof FUNCTION_PHASES)[number]

/** A user's function, made callable by an engine. */
export interface PhaseFunction {
  /** Whether it may ask for the body of the request, which then is read before it runs. */
  readonly needsBody: boolean
  /**
   * Runs it. What it throws is a failure of the plugin, but for the signal of an exit, which has to
   * come through as it is. A promise where it runs in another process or has to wait; in
   * body_filter there are no promises.
   *
   * @param kong of the request at hand
   * @param piece in body_filter: `chunk` may be replaced
   */
  run(kong: unknown, piece: BodyFilterState | undefined): void | Promise<void>
}

/** How a source is to be compiled. */
export interface PhaseFunctionOptions {
  /** What messages call the function, for example `pre-function[access:1]`. */
  readonly name: string
  /** The configuration it belongs to, as the plugin was given it; absent outside of the plugin. */
  readonly instance?: { readonly id: string }
  readonly phase: FunctionPhase
}

/**
 * Makes a function of a source without running it. Throws where the source does not compile.
 *
 * A chunk that answers a function is an initialiser: it runs once, and from then on the function
 * runs in its place.
 */
export type CompilePhaseFunction = (source: string, options: PhaseFunctionOptions) => PhaseFunction

/** Compiles only. Answers what is wrong with a source in a phase, or undefined for a good one. */
export type CheckPhaseFunction = (source: string, phase: FunctionPhase) => string | undefined

/** What the plugin needs from outside: it knows no language itself. */
export interface PhaseFunctionEngine {
  readonly compile: CompilePhaseFunction
  readonly check: CheckPhaseFunction
}
