import { checkReadyMade, isReadyMade } from '@postern/exit-transformer/ready-made'
import { checkLua } from '@postern/lua'
import { checkJavaScript, type ModuleSources } from '@postern/sandbox'
import type { CheckFunction, FunctionProblem } from '../cli/function-problem.ts'
import { type KnownLanguage, plainSource } from './function-language.ts'
import { type ModuleSettings, modulesFor } from './javascript-modules.ts'

/**
 * What `postern check` says of a function file, by the ending of its name. Runs nothing.
 *
 * @param settings asked for when a file is JavaScript; the sandbox without modules unless given
 */
export function functionChecks(
  settings: () => ModuleSettings = () => ({ untrusted_functions: 'sandbox' }),
): Readonly<Record<string, CheckFunction>> {
  const checks = Object.entries(LANGUAGE_OF_ENDING).map(([ending, language]) => {
    const options = () => (language === 'lua' ? {} : javaScriptOptions(settings()))
    const check = (source: string, name: string) =>
      checkSource(source, name, { language, ...options() })
    return [ending, check]
  })
  return Object.fromEntries(checks) as Record<string, CheckFunction>
}

/** How JavaScript is checked by the settings: `off` is told elsewhere. */
export function javaScriptOptions(
  settings: ModuleSettings,
): Required<Pick<CheckSourceOptions, 'mode' | 'modules'>> {
  const mode = settings.untrusted_functions === 'on' ? 'on' : 'sandbox'
  return { mode, modules: modulesFor(settings) }
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
  /** What JavaScript may import in the sandbox; nothing unless given. */
  readonly modules?: ModuleSources
}

/** What is wrong with a source in a language; undefined when it compiles. Runs nothing. */
export function checkSource(
  source: string,
  name: string,
  { language, mode = 'sandbox', modules = {} }: CheckSourceOptions,
): FunctionProblem | undefined {
  if (isReadyMade(source)) return readyMadeProblem(source)
  if (language === 'lua') return problem('POSTERN_LUA_SYNTAX', checkLua(source, name))
  const found = checkJavaScript(plainSource(source), { language, mode, modules })
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
