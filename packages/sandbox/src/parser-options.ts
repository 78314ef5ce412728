import type { Comment, Options, Token } from 'acorn'
import { refuseAt } from './source-problem.ts'

/** Deepest nesting of brackets. Deeper sources are attacks on parsers, ours and V8's. */
const MAX_NESTING = 200

/**
 * All sources are read by the rules of modules: strict mode, and no HTML-like comments, which would
 * let V8 see other code than the parser did.
 */
export const SYNTAX: Options = {
  ecmaVersion: 2025,
  sourceType: 'module',
  preserveParens: true,
  allowAwaitOutsideFunction: false,
}

/** For one source: notes its comments, and refuses what is nested too deep. */
export function parserOptions(text: string, comments: Comment[]): Options {
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
