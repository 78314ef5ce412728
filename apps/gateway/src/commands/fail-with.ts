import { PosternError } from '@postern/errors'
import { formatProblem } from '../cli/format-problem.ts'
import { ConfigError } from '../config/config-error.ts'

/** Tells why the program cannot go on, and ends it with 1. What is not ours comes with its stack. */
export function failWith(error: unknown): never {
  process.stderr.write(`${describe(error)}\n`)
  process.exit(1)
}

function describe(error: unknown): string {
  if (error instanceof ConfigError) {
    return error.problems.map((problem) => formatProblem(problem)).join('\n')
  }
  if (error instanceof PosternError) return `postern: ${error.message} (${error.code})`
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}
