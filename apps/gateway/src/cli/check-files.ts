import { readFileSync } from 'node:fs'
import { basename, extname } from 'node:path'
import { ConfigError } from '../config/config-error.ts'
import { configErrors } from '../config/errors.ts'
import { loadConfig } from '../config/load-config.ts'
import { type Problem, problemAt } from '../config/problem.ts'

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

export interface CheckDependencies {
  /** By the ending of the file: `.lua`, `.js`, `.mjs`, `.ts`. */
  readonly functions: Readonly<Record<string, CheckFunction>>
}

/** What became of one file. */
export interface CheckedFile {
  readonly path: string
  readonly kind: 'configuration' | 'function' | 'unreadable'
  /** Empty when the file is fine. */
  readonly problems: readonly Problem[]
}

/**
 * Checks files by their names: a function file by its ending, anything ending in `.conf` as a
 * postern.conf. Runs nothing of what is in them, and does not look at the environment.
 *
 * A file that cannot be read, or whose ending says nothing, is a problem of its own.
 */
export function checkFiles(
  paths: readonly string[],
  deps: CheckDependencies,
): readonly CheckedFile[] {
  return paths.map((path) => checkFile(path, deps))
}

/** 0: nothing is wrong. 1: a file has an error; warnings alone are fine. 2: a file could not be checked. */
export function exitCodeOf(files: readonly CheckedFile[]): 0 | 1 | 2 {
  if (files.some(({ kind }) => kind === 'unreadable')) return 2
  return files.some(({ problems }) => problems.some(isError)) ? 1 : 0
}

/** The result as data for other programs: what `postern check --json` prints. */
export function resultAsJson(files: readonly CheckedFile[]): string {
  const shown = files.map(({ path, kind, problems }) => ({
    path,
    kind,
    ok: kind !== 'unreadable' && !problems.some(isError),
    problems: problems.map(({ severity, code, message, line, column }) => ({
      severity,
      code,
      message,
      line,
      column,
    })),
  }))
  return JSON.stringify({ ok: exitCodeOf(files) === 0, files: shown }, null, 2)
}

function isError({ severity }: Problem): boolean {
  return severity === 'error'
}

function checkFile(path: string, deps: CheckDependencies): CheckedFile {
  const source = readSource(path)
  if (typeof source !== 'string') return { path, kind: 'unreadable', problems: [source] }
  const check = Object.hasOwn(deps.functions, extname(path))
    ? deps.functions[extname(path)]
    : undefined
  if (check !== undefined)
    return { path, kind: 'function', problems: checkFunction(path, source, check) }
  if (extname(path) === '.conf') return { path, kind: 'configuration', problems: checkConf(path) }
  const expected = ['.conf', ...Object.keys(deps.functions)].join(', ')
  const error = configErrors.FILE_KIND_UNKNOWN(basename(path), expected)
  return { path, kind: 'unreadable', problems: [problemAt(wholeFile(path), error)] }
}

function readSource(path: string): string | Problem {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? String(error)
    return problemAt(wholeFile(path), configErrors.FILE_UNREADABLE(path, reason))
  }
}

function checkFunction(path: string, source: string, check: CheckFunction): Problem[] {
  const problem = check(source, path)
  if (problem === undefined) return []
  const { code, message, line, column } = problem
  const sourceLine = line === undefined ? undefined : source.split(/\r?\n/)[line - 1]
  const place = { origin: path, line, column: line === undefined ? undefined : (column ?? 1) }
  return [{ severity: 'error', code, message, ...place, sourceLine }]
}

function checkConf(path: string): readonly Problem[] {
  try {
    return loadConfig({ file: path, env: {} }).warnings
  } catch (error) {
    if (error instanceof ConfigError) return error.problems
    throw error
  }
}

function wholeFile(path: string): Pick<Problem, 'origin' | 'line' | 'column'> {
  return { origin: path, line: undefined, column: undefined }
}
