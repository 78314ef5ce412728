import {
  type Comment,
  type Expression,
  type Program,
  parse,
  parseExpressionAt,
  tokenizer,
} from 'acorn'
import { firstThatParses } from './first-that-parses.ts'
import { exportsOf } from './module-exports.ts'
import { parserOptions, SYNTAX } from './parser-options.ts'
import { refuseAt } from './source-problem.ts'
import { stripTypes } from './strip-types.ts'

/** The language of a function's source. */
export type Language = 'javascript' | 'typescript'

/** A function's source, read and not run. */
export interface ParsedFunction {
  readonly language: Language
  /** JavaScript. Types are replaced by spaces, so positions are those of the source. */
  readonly text: string
  readonly comments: readonly Comment[]
  readonly root: FunctionRoot
}

/** An expression whose value is the function, or a module with `export default`. */
export type FunctionRoot =
  | { readonly form: 'expression'; readonly node: Expression }
  | { readonly form: 'module'; readonly node: Program }

/** Longest source of a function, in UTF-16 code units. */
export const MAX_SOURCE_LENGTH: number = 65_536

/**
 * Reads a function's source, as JavaScript or, where that fails or is told, as TypeScript.
 *
 * @throws SourceRefused with the place that a reader of the source would look at
 */
export function parseFunction(source: string, language?: Language): ParsedFunction {
  if (source.length > MAX_SOURCE_LENGTH) {
    refuseAt(source, 0, `the source has more than ${MAX_SOURCE_LENGTH} characters`)
  }
  if (language === 'javascript') return parseText(source, 'javascript')
  if (language === 'typescript') return parseTypeScript(source)
  return firstThatParses(source, [
    () => parseText(source, 'javascript'),
    () => parseTypeScript(source),
  ])
}

/** Types are stripped from an expression in parentheses: alone it need not be a statement. */
function parseTypeScript(source: string): ParsedFunction {
  return firstThatParses(source, [
    () => parseText(stripTypes(`(${source}\n)`, source, 1).slice(1, -2), 'typescript'),
    () => parseText(stripTypes(source, source, 0), 'typescript'),
  ])
}

function parseText(text: string, language: Language): ParsedFunction {
  return firstThatParses(text, [
    () => parseAsExpression(text, language),
    () => parseAsModule(text, language),
  ])
}

function parseAsExpression(text: string, language: Language): ParsedFunction {
  const comments: Comment[] = []
  const node = parseExpressionAt(text, 0, parserOptions(text, comments))
  refuseRest(text, node.end)
  // The parser looks one token ahead. What follows the expression is left out of the code anyway.
  const inside = comments.filter(({ start }) => start < node.end)
  return { language, text, comments: inside, root: { form: 'expression', node } }
}

/**
 * After the expression only a semicolon and comments may follow: `f) || g(` must not leave our
 * parentheses.
 */
function refuseRest(text: string, from: number): void {
  const rest = tokenizer(text.slice(from), SYNTAX)
  let token = rest.getToken()
  if (token.type.label === ';') token = rest.getToken()
  if (token.type.label === 'eof') return
  refuseAt(text, from + token.start, 'nothing may follow the function')
}

function parseAsModule(text: string, language: Language): ParsedFunction {
  const comments: Comment[] = []
  const node = parse(text, parserOptions(text, comments))
  if (!exportsOf(node).some((one) => one.kind !== 'all' && one.name === 'default')) {
    const message = 'the source is neither a function nor a module with `export default`'
    refuseAt(text, text.length, message)
  }
  return { language, text, comments, root: { form: 'module', node } }
}
