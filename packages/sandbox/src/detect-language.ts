import { type Language, parseFunction } from './parse-function.ts'

/**
 * Tells whether a source parses as a JavaScript function, or else as a TypeScript one, or else
 * undefined. Runs nothing. A source that says something forbidden still has its language.
 */
export function detectLanguage(source: string): Language | undefined {
  try {
    return parseFunction(source).language
  } catch {
    // Whatever is wrong with it: it is in neither language.
    return undefined
  }
}
