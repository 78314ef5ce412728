import { regexProblem } from '@postern/entities'
import { routerErrors } from './errors.ts'
import { literalPrefix } from './literal-prefix.ts'
import { translateRegex } from './translate-regex.ts'

/** An expression of a Route, ready to run. */
export interface CompiledRegex {
  /** Without the flag `u` where it means the same, but for characters beyond U+FFFF. */
  readonly regex: RegExp
  /** For text with such characters. */
  readonly wide: RegExp
  /** As the operator wrote it, without `~` or `~*`. */
  readonly source: string
  /** Text with which everything it matches begins; may be empty. */
  readonly prefix: string
  /** Whether a repetition contains a repetition, which can take exponential time. */
  readonly nested: boolean
}

/**
 * Compiles an expression of `paths`, anchored at the start of the path, without its `~`.
 *
 * Takes the syntax Kong's flavor traditional_compatible takes (that of Rust's regex crate):
 * `(?P<name>…)` and `(?i)` included, look-around and back-references excluded.
 *
 * @throws POSTERN_ROUTER_REGEX_INVALID
 */
export function compilePathRegex(source: string): CompiledRegex {
  // Sticky rather than `^(?:…)`: the same anchor, and it holds for every alternative.
  return compile(source, 'uy')
}

/**
 * Compiles an expression of `headers`, without its `~*`: unanchored, letter case ignored.
 *
 * @throws POSTERN_ROUTER_REGEX_INVALID
 */
export function compileHeaderRegex(source: string): CompiledRegex {
  return compile(source, 'iu')
}

/** The expression to run on a text: `regex` or `wide`. */
export function regexFor(compiled: CompiledRegex, text: string): RegExp {
  if (compiled.regex === compiled.wide) return compiled.regex
  return SURROGATE.test(text) ? compiled.wide : compiled.regex
}

const SURROGATE = /[\ud800-\udfff]/

function compile(source: string, flags: string): CompiledRegex {
  // V8 ends the process for an expression that is too large, at the first match.
  const problem = regexProblem(source)
  if (problem !== undefined) throw routerErrors.REGEX_INVALID(source, problem)
  try {
    const translated = translateRegex(source)
    const wide = new RegExp(translated.source, flags)
    const prefix = translated.alternatives ? '' : literalPrefix(source)
    return { regex: narrow(wide), wide, source, prefix, nested: translated.nested }
  } catch (error) {
    throw routerErrors.REGEX_INVALID(source, (error as Error).message).causedBy(error)
  }
}

/**
 * V8 can go over to an engine without backtracking, where it is told to, but that one knows neither
 * `u` nor `i` (test/backtracking.test.ts).
 */
function narrow(wide: RegExp): RegExp {
  const needsFlags = wide.ignoreCase || NEEDS_FLAGS.test(wide.source)
  return needsFlags ? wide : new RegExp(wide.source, wide.flags.replace('u', ''))
}

const NEEDS_FLAGS = /\\[pPu]|\(\?[a-z-]*i|[\ud800-\udfff]/
