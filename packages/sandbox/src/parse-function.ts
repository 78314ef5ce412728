import {
  type Comment,
  type Expression,
  type Options,
  type Program,
  parse,
  parseExpressionAt,
  type Token,
  tokenizer,
} from 'acorn'
import { refuseAt, SourceRefused } from './source-problem.ts'
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

/** Deepest nesting of brackets. Deeper sources are attacks on parsers, ours and V8's. */
const MAX_NESTING = 200

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

/** What got furthest was most likely meant, so its complaint is the one worth reading. */
function firstThatParses(
  source: string,
  attempts: readonly (() => ParsedFunction)[],
): ParsedFunction {
  let furthest: SourceRefused | undefined
  for (const attempt of attempts) {
    try {
      return attempt()
    } catch (error) {
      const refused = asRefused(source, error)
      if (furthest === undefined || isFurther(refused, furthest)) furthest = refused
    }
  }
  throw furthest
}

function isFurther({ problem: a }: SourceRefused, { problem: b }: SourceRefused): boolean {
  return a.line === b.line ? a.column > b.column : a.line > b.line
}

function asRefused(source: string, error: unknown): SourceRefused {
  if (error instanceof SourceRefused) return error
  // A source can be deep without brackets (`!!!!…`): the parser runs out of stack.
  const depth = error instanceof RangeError || STACK_SPENT.test(String(error))
  const message = depth ? 'the source is nested too deep' : messageOf(error)
  const offset = depth ? 0 : offsetOf(error)
  try {
    return refuseAt(source, offset, message)
  } catch (refused) {
    return refused as SourceRefused
  }
}

/** acorn tells the first kind of overflow itself. */
const STACK_SPENT = /Not enough stack space/

/** acorn ends its messages with `(line:column)`, which the problem has as numbers. */
function messageOf(error: unknown): string {
  return error instanceof Error ? error.message.replace(/ \(\d+:\d+\)$/, '') : String(error)
}

function offsetOf(error: unknown): number {
  return error instanceof SyntaxError && 'pos' in error && typeof error.pos === 'number'
    ? error.pos
    : 0
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
  if (!node.body.some((statement) => statement.type === 'ExportDefaultDeclaration')) {
    const message = 'the source is neither a function nor a module with `export default`'
    refuseAt(text, text.length, message)
  }
  return { language, text, comments, root: { form: 'module', node } }
}

/**
 * Both forms are read by the rules of modules: strict mode, and no HTML-like comments, which would
 * let V8 see other code than the parser did.
 */
const SYNTAX: Options = {
  ecmaVersion: 2025,
  sourceType: 'module',
  preserveParens: true,
  allowAwaitOutsideFunction: false,
}

function parserOptions(text: string, comments: Comment[]): Options {
  let depth = 0
  const onToken = (token: Token): void => {
    const step = NESTING.get(token.type.label) ?? 0
    depth += step
    if (depth > MAX_NESTING) refuseAt(text, token.start, 'the source is nested too deep')
  }
  return { ...SYNTAX, onComment: comments, onToken }
}

const NESTING = new Map<string, number>([
  ['(', 1],
  ['[', 1],
  ['{', 1],
  ['${', 1],
  [')', -1],
  [']', -1],
  ['}', -1],
])
