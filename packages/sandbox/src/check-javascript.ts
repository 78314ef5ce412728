import { compileFunction } from './compile-function.ts'
import type { Language } from './parse-function.ts'
import type { Mode } from './refuse-forms.ts'
import { type SourceProblem, SourceRefused } from './source-problem.ts'

/**
 * Tells what is wrong with a function's source, or undefined when it can be compiled. Runs nothing.
 *
 * Refused are: what does not parse, sources over 65,536 characters or nested deeper than 200
 * brackets, import declarations (of values), `import.meta`, a value that is no function; in mode
 * `sandbox` (default) also dynamic import, direct eval, HTML-like comments, BigInt literals.
 *
 * @param language JavaScript, or else TypeScript, unless told
 */
export function checkJavaScript(
  source: string,
  language?: Language,
  mode: Mode = 'sandbox',
): SourceProblem | undefined {
  try {
    compileFunction(source, { mode, ...(language === undefined ? {} : { language }) })
    return undefined
  } catch (error) {
    if (error instanceof SourceRefused) return error.problem
    throw error
  }
}
