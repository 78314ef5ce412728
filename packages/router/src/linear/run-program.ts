import type { RegexProgram, Step } from './compile-program.ts'
import type { Assertion } from './parse-pattern.ts'

/** How a program is run. */
export interface RunOptions {
  readonly anchor: Anchor
  /** How many of its slots are kept: all, or 0 where it only counts whether there is a match. */
  readonly slots: number
}

/** Where a match may begin. */
export type Anchor = 'at-start' | 'anywhere'

/**
 * Runs an expression over a text in time that grows with the product of their lengths, whatever
 * they are: all ways are followed side by side, the one that comes first in the order of trying
 * wins, as in engines that try one way after the other.
 *
 * Groups that a repetition went through keep what they caught last, as in Rust's regex crate.
 *
 * @returns begin and end of each group, the whole match first, -1 where a group caught nothing;
 *   empty where no slots are kept
 * @see Russ Cox, "Regular Expression Matching: the Virtual Machine Approach", 2009
 */
export function runProgram(
  program: RegexProgram,
  text: string,
  { anchor, slots }: RunOptions,
): Int32Array | undefined {
  return new Run(program, text, slots).match(anchor)
}

/** The ways that are followed, in the order in which they would be tried. */
interface Ways {
  readonly steps: Int32Array
  readonly slots: Int32Array[]
  count: number
}

class Run {
  readonly #steps: readonly Step[]
  readonly #text: string
  readonly #slotCount: number
  #now: Ways
  #next: Ways
  /** By step, the position at which a way has come through it last. */
  readonly #seenAt: Int32Array
  /** Steps still to be entered, and the slots they are entered with. */
  readonly #pendingSteps: number[] = []
  readonly #pendingSlots: Int32Array[] = []

  constructor({ steps }: RegexProgram, text: string, slots: number) {
    this.#steps = steps
    this.#text = text
    this.#slotCount = slots
    this.#now = { steps: new Int32Array(steps.length), slots: [], count: 0 }
    this.#next = { steps: new Int32Array(steps.length), slots: [], count: 0 }
    this.#seenAt = new Int32Array(steps.length).fill(-1)
  }

  match(anchor: Anchor): Int32Array | undefined {
    const text = this.#text
    let matched: Int32Array | undefined
    for (let at = 0; ; ) {
      if (matched === undefined && (at === 0 || anchor === 'anywhere')) {
        this.#enter(this.#now, 0, new Int32Array(this.#slotCount).fill(-1), at)
      }
      if (this.#now.count === 0 && (matched !== undefined || anchor === 'at-start')) return matched
      const codePoint = text.codePointAt(at)
      const behind = codePoint === undefined ? at : at + (codePoint > 0xffff ? 2 : 1)
      matched = this.#step(codePoint, behind) ?? matched
      if (codePoint === undefined) return matched
      at = behind
    }
  }

  /** Takes one code point on every way. Answers the match of the first way that has ended. */
  #step(codePoint: number | undefined, behind: number): Int32Array | undefined {
    const { steps, slots, count } = this.#now
    let matched: Int32Array | undefined
    for (let i = 0; i < count; i++) {
      const at = steps[i] as number
      const step = this.#steps[at] as Step
      if (step.kind === 'match') {
        // Ways behind this one would have been tried later.
        matched = slots[i]
        break
      }
      const takes = codePoint !== undefined && step.kind === 'atom' && step.takes(codePoint)
      if (takes) this.#enter(this.#next, at + 1, slots[i] as Int32Array, behind)
    }
    const used = this.#now
    this.#now = this.#next
    this.#next = used
    used.count = 0
    return matched
  }

  /** Follows a way up to the next steps that take something, in the order of trying. */
  #enter(ways: Ways, from: number, slotsFrom: Int32Array, position: number): void {
    this.#pendingSteps.push(from)
    this.#pendingSlots.push(slotsFrom)
    while (this.#pendingSteps.length > 0) {
      const at = this.#pendingSteps.pop() as number
      const slots = this.#pendingSlots.pop() as Int32Array
      if (this.#seenAt[at] === position) continue
      this.#seenAt[at] = position
      this.#follow(ways, at, slots, position)
    }
  }

  #follow(ways: Ways, at: number, slots: Int32Array, position: number): void {
    const step = this.#steps[at] as Step
    switch (step.kind) {
      case 'fork':
        // The last one that is put down is taken up first.
        this.#put(step.second, slots)
        return this.#put(step.first, slots)
      case 'assertion':
        if (holds(step.assertion, this.#text, position)) this.#put(at + 1, slots)
        return
      case 'save': {
        if (this.#slotCount === 0) return this.#put(at + 1, slots)
        const saved = slots.slice()
        saved[step.slot] = position
        return this.#put(at + 1, saved)
      }
      case 'atom':
      case 'match':
        ways.steps[ways.count] = at
        ways.slots[ways.count] = slots
        ways.count++
    }
  }

  #put(at: number, slots: Int32Array): void {
    this.#pendingSteps.push(at)
    this.#pendingSlots.push(slots)
  }
}

function holds(assertion: Assertion, text: string, at: number): boolean {
  switch (assertion) {
    case 'text-start':
      return at === 0
    case 'text-end':
      return at === text.length
    case 'line-start':
      return at === 0 || text[at - 1] === '\n'
    case 'line-end':
      return at === text.length || text[at] === '\n'
    case 'word':
      return isWord(text, at - 1) !== isWord(text, at)
    case 'no-word':
      return isWord(text, at - 1) === isWord(text, at)
  }
}

function isWord(text: string, at: number): boolean {
  const character = text[at]
  return character !== undefined && WORD.test(character)
}

const WORD = /\w/
