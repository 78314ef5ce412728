import { compileFunction } from './compile-function.ts'
import type { ModuleSources } from './module-sources.ts'
import type { Language } from './parse-function.ts'
import { readModules } from './read-modules.ts'
import type { Mode } from './refuse-forms.ts'
import { type SourceProblem, SourceRefused } from './source-problem.ts'

/** What a source is checked for. */
export interface CheckOptions {
  /** JavaScript, or else TypeScript, unless told. */
  readonly language?: Language | undefined
  /** Default `sandbox`. */
  readonly mode?: Mode | undefined
  /** What it may import in mode `sandbox`; nothing unless given. Read once, so do not change it. */
  readonly modules?: ModuleSources | undefined
}

/**
 * Tells what is wrong with a function's source, or undefined when it can be compiled. Runs nothing.
 *
 * Refused are: what does not parse, sources over 65,536 characters or nested deeper than 200
 * brackets, `import.meta`, a value that is no function; in mode `sandbox` (default) also imports of
 * what `modules` does not list, dynamic import, direct eval, HTML-like comments, BigInt literals.
 */
export function checkJavaScript(
  source: string,
  { language, mode = 'sandbox', modules = {} }: CheckOptions = {},
): SourceProblem | undefined {
  const told = language === undefined ? {} : { language }
  try {
    compileFunction(source, { mode, modules: readModules(modules), ...told })
    return undefined
  } catch (error) {
    if (error instanceof SourceRefused) return error.problem
    throw error
  }
}
