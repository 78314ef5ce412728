import { basename, extname } from 'node:path'
import { ConfigError } from '../config/config-error.ts'
import { configErrors } from '../config/errors.ts'
import type { GatewayConfig } from '../config/gateway-config.ts'
import { loadConfig } from '../config/load-config.ts'
import { type Problem, problemAt } from '../config/problem.ts'
import { type CheckFunction, functionProblem } from './function-problem.ts'
import { readSource } from './read-source.ts'

/** What `checkFiles` needs from outside. */
export interface CheckDependencies {
  /** By the ending of the file: `.lua`, `.js`, `.mjs`, `.ts`. */
  readonly functions: Readonly<Record<string, CheckFunction>>
  /** What is wrong with files that the settings of a postern.conf name. */
  readonly settings?: (config: GatewayConfig) => readonly Problem[]
  /** Checks a declarative file with all that it names. */
  readonly declarative: (path: string) => Promise<readonly Problem[]>
}

/** What became of one file. */
export interface CheckedFile {
  readonly path: string
  readonly kind: 'configuration' | 'declarative' | 'function' | 'unreadable'
  /** Empty when the file is fine. */
  readonly problems: readonly Problem[]
}

/**
 * Checks files by their names: a function file by its ending, anything ending in `.conf` as a
 * postern.conf, YAML and JSON as declarative files. Runs nothing of what is in them.
 *
 * A file that cannot be read, or whose ending says nothing, is a problem of its own.
 */
export async function checkFiles(
  paths: readonly string[],
  deps: CheckDependencies,
): Promise<readonly CheckedFile[]> {
  return Promise.all(paths.map((path) => checkFile(path, deps)))
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

async function checkFile(path: string, deps: CheckDependencies): Promise<CheckedFile> {
  if (isDeclarative(path)) return checkDeclarative(path, deps)
  const source = readSource(path)
  if (typeof source !== 'string') return { path, kind: 'unreadable', problems: [source] }
  const check = Object.hasOwn(deps.functions, extname(path))
    ? deps.functions[extname(path)]
    : undefined
  if (check !== undefined)
    return { path, kind: 'function', problems: checkFunction(path, source, check) }
  if (extname(path) === '.conf')
    return { path, kind: 'configuration', problems: checkConf(path, deps) }
  const expected = ['.conf', '.yml', '.yaml', '.json', ...Object.keys(deps.functions)].join(', ')
  const error = configErrors.FILE_KIND_UNKNOWN(basename(path), expected)
  return { path, kind: 'unreadable', problems: [problemAt(wholeFile(path), error)] }
}

/** Tables of exits are YAML too; `postern test` checks and runs those. */
function isDeclarative(path: string): boolean {
  return /\.(?:ya?ml|json)$/.test(path) && !/\.exit-test\.ya?ml$/.test(path)
}

async function checkDeclarative(path: string, deps: CheckDependencies): Promise<CheckedFile> {
  const problems = await deps.declarative(path)
  const isRead = !problems.some(({ code, origin }) => code === UNREADABLE && origin === path)
  return { path, kind: isRead ? 'declarative' : 'unreadable', problems }
}

const UNREADABLE = 'POSTERN_CONFIG_FILE_UNREADABLE'

function checkFunction(path: string, source: string, check: CheckFunction): Problem[] {
  const found = check(source, path)
  return found === undefined ? [] : [functionProblem(path, source, found)]
}

function checkConf(path: string, { settings }: CheckDependencies): readonly Problem[] {
  try {
    const { config, warnings } = loadConfig({ file: path, env: {} })
    return [...warnings, ...(settings?.(config) ?? [])]
  } catch (error) {
    if (error instanceof ConfigError) return error.problems
    throw error
  }
}

function wholeFile(path: string): Pick<Problem, 'origin' | 'line' | 'column'> {
  return { origin: path, line: undefined, column: undefined }
}
