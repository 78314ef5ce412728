import type { ExitDiff } from '@postern/exit-transformer'
import type { KnownLanguage } from '../functions/function-language.ts'
import type { TrialFailure } from './trial-failure.ts'

/** What one function did to an exit. */
export interface TriedFunction {
  readonly name: string
  readonly language: KnownLanguage
  /** `failed`: threw or answered nonsense. `ended`: by its deadline or a limit. */
  readonly outcome: 'unchanged' | 'changed' | 'failed' | 'ended' | 'skipped'
  readonly milliseconds: number
  /** What changed, where something did. Long bodies are cut. */
  readonly changes?: ExitDiff
  readonly problem?: TrialFailure
  /** What it wrote with print, console or kong.log. */
  readonly log?: readonly string[]
}

/** One exit after its functions. */
export interface TriedExit {
  readonly reason: string
  /** The exit as it went in. */
  readonly before: {
    readonly status: number
    readonly body: string | object | null
    readonly headers: Readonly<Record<string, unknown>>
  }
  /** One for each function, in order. */
  readonly functions: readonly TriedFunction[]
  /** What the client would get. */
  readonly response: {
    readonly status: number
    /** Names as on the wire; a list where there are several lines. */
    readonly headers: Readonly<Record<string, string | readonly string[]>>
    readonly body: string
    /** Why a 500 stands in the place of what the functions answered. */
    readonly problem?: string
  }
}

/** Whether every function did what it was meant to. */
export function hasFailed({ functions, response }: TriedExit): boolean {
  return response.problem !== undefined || functions.some(({ outcome }) => FAILURES.has(outcome))
}

const FAILURES: ReadonlySet<string> = new Set(['failed', 'ended', 'skipped'])
