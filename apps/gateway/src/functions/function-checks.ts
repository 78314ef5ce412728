import { checkLua } from '@postern/lua'
import { checkJavaScript } from '@postern/sandbox'
import type { CheckFunction, FunctionProblem } from '../cli/check-files.ts'
import { plainSource } from './function-language.ts'

/** What `postern check` says of a function file, by the ending of its name. Runs nothing. */
export function functionChecks(): Readonly<Record<string, CheckFunction>> {
  return {
    '.lua': (source, name) => problem('POSTERN_LUA_SYNTAX', checkLua(source, name)),
    '.js': (source) => checkScript(source, 'javascript'),
    '.mjs': (source) => checkScript(source, 'javascript'),
    '.ts': (source) => checkScript(source, 'typescript'),
  }
}

function checkScript(
  source: string,
  language: 'javascript' | 'typescript',
): FunctionProblem | undefined {
  return problem('POSTERN_SANDBOX_SYNTAX', checkJavaScript(plainSource(source), language))
}

function problem(
  code: string,
  found: { readonly message: string; readonly line: number; readonly column: number } | undefined,
): FunctionProblem | undefined {
  return found === undefined ? undefined : { code, ...found }
}
