import { type Language, parseFunction } from './parse-function.ts'
import { SourceRefused } from './source-problem.ts'

/**
 * Tells whether a source parses as a JavaScript function, or else as a TypeScript one, or else
 * undefined. Runs nothing. A source that says something forbidden still has its language, and so has
 * one with a form of TypeScript that is more than types, as `enum`.
 */
export function detectLanguage(source: string): Language | undefined {
  try {
    return parseFunction(source).language
  } catch (error) {
    if (error instanceof SourceRefused && error.isTypeScript) return 'typescript'
    // Whatever is wrong with it: it is in neither language.
    return undefined
  }
}
