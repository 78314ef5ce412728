import type { Problem } from '../config/problem.ts'

/** What is wrong with the text of a function. */
export interface FunctionProblem {
  readonly code: string
  readonly message: string
  /** Counted from 1; absent where the engine cannot tell. */
  readonly line?: number | undefined
  readonly column?: number | undefined
}

/** Compiles a function without running it; undefined when nothing is wrong. */
export type CheckFunction = (source: string, name: string) => FunctionProblem | undefined

/** The problem at its place in a file, with the line of the source. */
export function functionProblem(path: string, source: string, found: FunctionProblem): Problem {
  const { code, message, line, column } = found
  const sourceLine = line === undefined ? undefined : source.split(/\r?\n/)[line - 1]
  const shown = column ?? firstColumn(sourceLine)
  const place = { origin: path, line, column: line === undefined ? undefined : shown }
  return { severity: 'error', code, message, ...place, sourceLine }
}

/** Where a line that is told without a column begins. */
function firstColumn(sourceLine: string = ''): number {
  return Math.max(0, sourceLine.search(/\S/)) + 1
}
