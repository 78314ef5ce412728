import type { TrialExit } from './trial-exit.ts'

/** What has to come out of functions. A part that is absent may be anything. */
export interface ExpectedAnswer {
  readonly status?: number
  /** Compared by value: JSON text and the data in it are the same. null: no body. */
  readonly body?: string | object | null
  /** Have to be there with these values, whatever else is; null: must not be there. */
  readonly headers?: Readonly<Record<string, string | number | readonly string[] | null>>
}

/** One exit, and what has to become of it. */
export interface ExitTest {
  readonly title: string
  readonly exit: TrialExit
  /** `unchanged`: no function changes anything. */
  readonly answer: ExpectedAnswer | 'unchanged'
  /** A part of what a function is told to fail with; without it a function that fails fails the test. */
  readonly fails?: string
}

/** A table of exits. */
export interface ExitTests {
  /** Paths of function files, from the folder of the tests, in the order in which they run. */
  readonly functions: readonly string[]
  /** Told by parsing unless set. */
  readonly language?: 'auto' | 'lua' | 'javascript' | 'typescript'
  /** Milliseconds for one call of one function, 1 to 10,000; 50 unless set. */
  readonly timeout_ms?: number
  readonly rows: readonly ExitTest[]
}

/**
 * Says what functions have to make of exits, with types; `postern test` runs it.
 *
 * @example
 * export default defineExitTests({
 *   functions: ['./errors.ts'],
 *   rows: [
 *     {
 *       title: 'a missing key gets our shape',
 *       exit: { reason: 'key-auth.no_key' },
 *       answer: { status: 401, body: { error: 'key-auth.no_key' } },
 *     },
 *   ],
 * })
 */
export function defineExitTests(tests: ExitTests): ExitTests {
  return tests
}

export type { TrialEntity, TrialExit, TrialRequest, TrialValues } from './trial-exit.ts'
