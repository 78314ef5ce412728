import { routerErrors } from './errors.ts'
import { literalPrefix } from './literal-prefix.ts'
import { translateRegex } from './translate-regex.ts'

/** An expression of a Route, ready to run. */
export interface CompiledRegex {
  readonly regex: RegExp
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

function compile(source: string, flags: string): CompiledRegex {
  try {
    const translated = translateRegex(source)
    return {
      regex: new RegExp(translated.source, flags),
      source,
      prefix: translated.alternatives ? '' : literalPrefix(source),
      nested: translated.nested,
    }
  } catch (error) {
    throw routerErrors.REGEX_INVALID(source, (error as Error).message).causedBy(error)
  }
}
