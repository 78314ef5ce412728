import { regexProblem } from '@postern/entities'
import { routerErrors } from './errors.ts'
import { estimateEffort } from './linear/estimate-effort.ts'
import { LinearRegex } from './linear/linear-regex.ts'
import { literalPrefix } from './literal-prefix.ts'
import { translateRegex } from './translate-regex.ts'

/** An expression of a Route, ready to run. */
export interface CompiledRegex {
  test(text: string): boolean
  exec(text: string): RegExpExecArray | null
  /** As the operator wrote it, without `~` or `~*`. */
  readonly source: string
  /** Text with which everything it matches begins; may be empty. */
  readonly prefix: string
  /** Whether it is left to V8 and has a repetition in a repetition: it needs V8's flag. */
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

function compile(source: string, flags: 'uy' | 'iu'): CompiledRegex {
  // V8 ends the process for an expression that is too large, at the first match.
  const problem = regexProblem(source)
  if (problem !== undefined) throw routerErrors.REGEX_INVALID(source, problem)
  try {
    return new RouteRegex(source, flags)
  } catch (error) {
    throw routerErrors.REGEX_INVALID(source, (error as Error).message).causedBy(error)
  }
}

/**
 * Three ways to run one expression: V8's own matcher, quick and backtracking; the same without the
 * flag `u`; and ours, which is slower and never takes long.
 *
 * V8 can go over to an engine without backtracking where it is told to
 * (`--enable-experimental-regexp-engine-on-excessive-backtracks`), but that one knows neither `u`
 * nor `i`, nor counts beyond 16 (test/backtracking.test.ts). What may backtrack without end and
 * cannot be left to it is run by us.
 */
class RouteRegex implements CompiledRegex {
  readonly source: string
  readonly prefix: string
  readonly nested: boolean
  /** For text with characters beyond U+FFFF. */
  readonly #wide: RegExp
  /** For other text: without the flag `u` where it means the same. */
  readonly #narrow: RegExp
  readonly #linear: LinearRegex | undefined
  /** Whether V8 may be left alone with other text. */
  readonly #trustsNarrow: boolean

  constructor(source: string, flags: 'uy' | 'iu') {
    const translated = translateRegex(source)
    const wide = new RegExp(translated.source, flags)
    this.source = source
    this.prefix = translated.alternatives ? '' : literalPrefix(source)
    this.#wide = wide
    this.#narrow = narrow(wide)
    const { ignoreCase, sticky } = wide
    const effort = estimateEffort(translated.source)
    // Tried at each place of a text, an expression is repeated once more.
    const repetitions = effort.wideRepetitions + (sticky ? 0 : 1)
    const mayTakeLong = effort.isExponential || repetitions > 1
    this.#linear = mayTakeLong
      ? new LinearRegex(wide.source, { ignoreCase, anchor: sticky ? 'at-start' : 'anywhere' })
      : undefined
    this.#trustsNarrow =
      this.#narrow !== wide && effort.greatestCount <= (effort.isExponential ? 1 : MAX_LINEAR_COUNT)
    this.nested = translated.nested && this.#trustsNarrow
  }

  test(text: string): boolean {
    return this.#for(text).test(text)
  }

  exec(text: string): RegExpExecArray | null {
    return this.#for(text).exec(text)
  }

  #for(text: string): RegExp | LinearRegex {
    const isWide = this.#narrow !== this.#wide && SURROGATE.test(text)
    if (this.#linear !== undefined && (isWide || !this.#trustsNarrow)) return this.#linear
    const regex = isWide ? this.#wide : this.#narrow
    regex.lastIndex = 0
    return regex
  }
}

/** What V8's engine without backtracking takes: `kMaxReplicationFactor`; inside repetitions less. */
const MAX_LINEAR_COUNT = 16

const SURROGATE = /[\ud800-\udfff]/

function narrow(wide: RegExp): RegExp {
  const needsFlags = wide.ignoreCase || NEEDS_FLAGS.test(wide.source)
  return needsFlags ? wide : new RegExp(wide.source, wide.flags.replace('u', ''))
}

const NEEDS_FLAGS = /\\[pPu]|\(\?[a-z-]*i|[\ud800-\udfff]/
