import { type Assertion, type ParsedPattern, parsePattern, type Pattern } from './parse-pattern.ts'

/** One step. `next` of two ways is the one that is tried first. */
export type Step =
  | { readonly kind: 'atom'; readonly takes: (codePoint: number) => boolean }
  | { readonly kind: 'assertion'; readonly assertion: Assertion }
  | { kind: 'fork'; first: number; second: number }
  | { readonly kind: 'save'; readonly slot: number }
  | { readonly kind: 'match' }

/** An expression as steps: each but a fork goes on with the one behind it. */
export interface RegexProgram {
  readonly steps: readonly Step[]
  /** Two for each group, the whole match first. */
  readonly slots: number
  readonly names: ReadonlyMap<string, number>
}

/** Most steps. A match takes time that grows with this and the length of the text. */
const MAX_STEPS = 4096

/**
 * Compiles an expression into steps for `runProgram`. Counts are written out.
 *
 * Throws an Error with the reason when there would be more than 4096 steps.
 *
 * @param source as `translateRegex` answers it
 */
export function compileProgram(source: string, ignoreCase: boolean): RegexProgram {
  const parsed = parsePattern(source, ignoreCase)
  return new Compiler(parsed).compile()
}

class Compiler {
  readonly #parsed: ParsedPattern
  readonly #steps: Step[] = []
  /** Atoms repeat, above all in counts. */
  readonly #atoms = new Map<string, (codePoint: number) => boolean>()

  constructor(parsed: ParsedPattern) {
    this.#parsed = parsed
  }

  compile(): RegexProgram {
    const { pattern, groups, names } = this.#parsed
    this.#add({ kind: 'save', slot: 0 })
    this.#pattern(pattern)
    this.#add({ kind: 'save', slot: 1 })
    this.#add({ kind: 'match' })
    return { steps: this.#steps, slots: 2 * (groups + 1), names }
  }

  #pattern(pattern: Pattern): void {
    switch (pattern.kind) {
      case 'atom':
        return this.#add({ kind: 'atom', takes: this.#atom(pattern.source, pattern.ignoreCase) })
      case 'assertion':
        return this.#add(pattern)
      case 'sequence':
        for (const part of pattern.parts) this.#pattern(part)
        return
      case 'choice':
        return this.#choice(pattern.options)
      case 'group':
        this.#add({ kind: 'save', slot: 2 * pattern.index })
        this.#pattern(pattern.body)
        return this.#add({ kind: 'save', slot: 2 * pattern.index + 1 })
      case 'repeat':
        return this.#repeat(pattern)
    }
  }

  #choice(options: readonly Pattern[]): void {
    const ends: { first: number }[] = []
    options.forEach((option, index) => {
      if (index === options.length - 1) return this.#pattern(option)
      const fork = this.#fork()
      this.#pattern(option)
      ends.push(this.#fork())
      fork.second = this.#steps.length
    })
    // A way that has come to its end goes on behind all others.
    for (const end of ends) Object.assign(end, this.#jumpTo(this.#steps.length))
  }

  #repeat({ body, least, most, lazy }: Extract<Pattern, { kind: 'repeat' }>): void {
    for (let i = 0; i < least; i++) this.#pattern(body)
    if (most === Number.POSITIVE_INFINITY) return this.#endless(body, lazy)
    const forks = []
    for (let i = least; i < most; i++) {
      forks.push(this.#fork())
      this.#pattern(body)
    }
    for (const fork of forks) this.#aim(fork, lazy, this.#steps.length)
  }

  #endless(body: Pattern, lazy: boolean): void {
    const at = this.#steps.length
    const fork = this.#fork()
    this.#pattern(body)
    Object.assign(this.#fork(), this.#jumpTo(at))
    this.#aim(fork, lazy, this.#steps.length)
  }

  /** Into what is repeated or past it: greedy tries the first first. */
  #aim(fork: { first: number; second: number }, lazy: boolean, past: number): void {
    const into = fork.first
    fork.first = lazy ? past : into
    fork.second = lazy ? into : past
  }

  #fork(): { kind: 'fork'; first: number; second: number } {
    const at = this.#steps.length + 1
    const fork = { kind: 'fork' as const, first: at, second: at }
    this.#add(fork)
    return fork
  }

  #jumpTo(at: number): { first: number; second: number } {
    return { first: at, second: at }
  }

  #add(step: Step): void {
    if (this.#steps.length >= MAX_STEPS) {
      throw new Error(`with its counts written out it has more than ${MAX_STEPS} steps`)
    }
    this.#steps.push(step)
  }

  #atom(source: string, ignoreCase: boolean): (codePoint: number) => boolean {
    const key = `${ignoreCase ? 'i' : '-'}${source}`
    let atom = this.#atoms.get(key)
    if (atom === undefined) this.#atoms.set(key, (atom = compileAtom(source, ignoreCase)))
    return atom
  }
}

/** ASCII is looked up; V8 is asked about the rest, one code point at a time. */
function compileAtom(source: string, ignoreCase: boolean): (codePoint: number) => boolean {
  const regex = new RegExp(`^${source}$`, ignoreCase ? 'iu' : 'u')
  const ascii = Uint8Array.from({ length: 128 }, (_, code) =>
    regex.test(String.fromCharCode(code)) ? 1 : 0,
  )
  return (codePoint) =>
    codePoint < 128 ? ascii[codePoint] === 1 : regex.test(String.fromCodePoint(codePoint))
}
