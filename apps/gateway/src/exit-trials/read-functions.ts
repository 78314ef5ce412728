import { extname } from 'node:path'
import type { FunctionLanguage } from '@postern/exit-transformer'
import { functionProblem } from '../cli/function-problem.ts'
import { readSource } from '../cli/read-source.ts'
import type { Problem } from '../config/problem.ts'
import { checkSource, javaScriptOptions, LANGUAGE_OF_ENDING } from '../functions/function-checks.ts'
import { type KnownLanguage, languageOf } from '../functions/function-language.ts'
import type { ModuleSettings } from '../functions/javascript-modules.ts'
import type { TrialFunction } from './run-trial.ts'

/** What became of the files that were named. */
export interface ReadFunctions {
  readonly functions: readonly TrialFunction[]
  /** Empty when all of them compile. */
  readonly problems: readonly Problem[]
}

/** How the files are read. */
export interface ReadFunctionsOptions {
  readonly config: ModuleSettings
  /** Told by parsing where it is `auto`. */
  readonly language: FunctionLanguage
  /** Makes a path of what was named; the name itself unless given. */
  readonly resolve?: (name: string) => string
}

/** Reads function files and compiles them. Runs nothing. */
export function readFunctions(
  names: readonly string[],
  options: ReadFunctionsOptions,
): ReadFunctions {
  const { resolve = (name) => name } = options
  const problems: Problem[] = []
  const functions = names.flatMap((name) => {
    const source = readSource(resolve(name))
    if (typeof source !== 'string') problems.push(source)
    else problems.push(...sourceProblems(resolve(name), source, options))
    return typeof source === 'string' ? [{ name, source }] : []
  })
  return { functions, problems }
}

/**
 * What is wrong with the source of a function file, at its place. Runs nothing.
 *
 * A source that is in no language is told about as one of the language that its ending says.
 */
export function sourceProblems(
  path: string,
  source: string,
  { config, language }: Pick<ReadFunctionsOptions, 'config' | 'language'>,
): Problem[] {
  const check = (known: KnownLanguage) =>
    checkSource(source, path, { language: known, ...javaScriptOptions(config) })
  const found = check(languageOf(source, language))
  if (found === undefined) return []
  const meant = language === 'auto' ? LANGUAGE_OF_ENDING[extname(path)] : undefined
  return [functionProblem(path, source, (meant && check(meant)) ?? found)]
}
