import { PosternError } from '@postern/errors'
import { configErrors } from './errors.ts'
import type { Problem } from './problem.ts'

/** A configuration that cannot be used, with everything that is wrong with it. Code POSTERN_CONFIG_INVALID. */
export class ConfigError extends PosternError {
  /** Errors and warnings, in the order in which they were found; at least one is an error. */
  readonly problems: readonly Problem[]

  constructor(problems: readonly Problem[]) {
    const lines = problems.filter(({ severity }) => severity === 'error').map(lineOf)
    const { code, message } = configErrors.INVALID(lines)
    super(code, message)
    this.problems = problems
  }
}

function lineOf({ origin, line, column, message }: Problem): string {
  return line === undefined ? `${origin}: ${message}` : `${origin}:${line}:${column}: ${message}`
}
