import type { PdkPhase } from './phase.ts'

/** Text and bytes go out untouched, an object or array as JSON. */
export type ExitBody = string | Uint8Array | object

/** Names and values; a list sends one line for each element, an empty one removes the header. */
export type ExitHeaders = Readonly<Record<string, string | number | boolean | readonly string[]>>

/** An answer made by the gateway itself, as a value. */
export interface Exit {
  readonly status: number
  readonly body: ExitBody | undefined
  /** What the exit itself sets; headers set before it stay unless named here. */
  readonly headers: ExitHeaders | undefined
  /** What `kong.response.getSource()` tells from now on. */
  readonly source: 'exit' | 'error'
  /** `unknown`: no Route matched. `unexpected`: not decided by a plugin or a rule, but a failure. */
  readonly kind: 'ordinary' | 'unknown' | 'unexpected'
  /** A stable code to branch on: `key-auth.no_key`, `router.no_route`, `upstream.timeout`. */
  readonly reason: string
  /** The text in the body, where there is one. */
  readonly message: string | undefined
  /** The phase in which it was made. */
  readonly phase: PdkPhase
  /** The plugin that made it; undefined for the gateway itself. */
  readonly plugin: string | undefined
}

/**
 * Thrown to leave a handler once its Exit has been recorded. Carries nothing: the recorded Exit is
 * the truth, so a plugin that swallows this in a catch-all still ends the phase.
 *
 * One frozen object for the whole process: a fresh Error, with a stack nobody reads, costs 1.5 to
 * 1.8 times as much (bench/exit.ts).
 */
export const EXIT_SIGNAL: Readonly<{ name: 'ExitSignal' }> = Object.freeze({ name: 'ExitSignal' })
