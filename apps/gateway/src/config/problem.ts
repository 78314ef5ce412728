import type { PosternError } from '@postern/errors'

/** Something wrong in what the operator wrote, at the place where it stands. */
export interface Problem {
  readonly severity: 'error' | 'warning'
  /** Has a page docs/errors/CODE.md. */
  readonly code: string
  readonly message: string
  /** Path of the file, or for example `environment variable POSTERN_PREFIX`. */
  readonly origin: string
  /** Counted from 1; undefined where the origin has no lines. */
  readonly line: number | undefined
  /** Counted from 1, in UTF-16 units. */
  readonly column: number | undefined
  /** The line, to be shown with the problem; undefined where it may hold a secret. */
  readonly sourceLine: string | undefined
}

/** Where something stands. */
export type Place = Pick<Problem, 'origin' | 'line' | 'column'>

/** The error, told as a problem at a place. */
export function problemAt(
  place: Place,
  error: PosternError,
  details: Partial<Pick<Problem, 'severity' | 'sourceLine'>> = {},
): Problem {
  const { origin, line, column } = place
  const { severity = 'error', sourceLine } = details
  return { severity, code: error.code, message: error.message, origin, line, column, sourceLine }
}
