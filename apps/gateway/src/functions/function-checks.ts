import { checkReadyMade, isReadyMade } from '@postern/exit-transformer/ready-made'
import { checkLua } from '@postern/lua'
import { checkJavaScript } from '@postern/sandbox'
import type { CheckFunction, FunctionProblem } from '../cli/function-problem.ts'
import { type KnownLanguage, plainSource } from './function-language.ts'

/** What `postern check` says of a function file, by the ending of its name. Runs nothing. */
export function functionChecks(): Readonly<Record<string, CheckFunction>> {
  const checks = Object.entries(LANGUAGE_OF_ENDING).map(([ending, language]) => {
    return [ending, (source: string, name: string) => checkSource(source, name, { language })]
  })
  return Object.fromEntries(checks) as Record<string, CheckFunction>
}

/** The language that a file is taken for where its text does not tell. */
export const LANGUAGE_OF_ENDING: Readonly<Record<string, KnownLanguage>> = {
  '.lua': 'lua',
  '.js': 'javascript',
  '.mjs': 'javascript',
  '.ts': 'typescript',
}

/** How a source is read. */
export interface CheckSourceOptions {
  readonly language: KnownLanguage
  /** `on` allows JavaScript what the sandbox refuses. Default `sandbox`. */
  readonly mode?: 'sandbox' | 'on'
}

/** What is wrong with a source in a language; undefined when it compiles. Runs nothing. */
export function checkSource(
  source: string,
  name: string,
  { language, mode = 'sandbox' }: CheckSourceOptions,
): FunctionProblem | undefined {
  if (isReadyMade(source)) return readyMadeProblem(source)
  if (language === 'lua') return problem('POSTERN_LUA_SYNTAX', checkLua(source, name))
  const found = checkJavaScript(plainSource(source), { language, mode })
  return problem('POSTERN_SANDBOX_SYNTAX', found)
}

/** A ready-made function is in no language. */
function readyMadeProblem(source: string): FunctionProblem | undefined {
  const message = checkReadyMade(source)
  const code = 'POSTERN_EXIT_TRANSFORMER_READY_MADE_INVALID'
  return message === undefined ? undefined : { code, message, line: 1, column: 1 }
}

function problem(
  code: string,
  found: { readonly message: string; readonly line: number; readonly column: number } | undefined,
): FunctionProblem | undefined {
  return found === undefined ? undefined : { code, ...found }
}
