import { endRun, run, spend } from '../runtime/budget.ts'
import { isWord, type Place, type RegexNode, type ParsedRegex } from './parse-regex.ts'

/** Where a match ends, or -1. */
type Step = (match: Match, at: number) => number

/** One attempt to match one text. */
interface Match {
  readonly text: string
  /** Start and end of each capture, -1 where it took no part. */
  readonly places: number[]
  /** Where the running turns of repeats began, the innermost last. */
  readonly turns: number[]
  depth: number
}

/** A regular expression, ready to be tried at a place of a text. */
export interface Regex {
  readonly captures: number
  readonly names: ReadonlyMap<string, number>
  /**
   * Tries from `start` on. Answers starts and ends, of the whole match and of each capture, or
   * nothing. Each step is paid, so that one that would take for ever ends with the budget.
   */
  find(text: string, start: number, isAnchored: boolean): readonly number[] | undefined
}

/** Thrown when a match would need more of the stack; PCRE has such a limit too. */
export class RegexTooDeep {}

/** Frames of a match. Repeats of single characters take none. */
const MAX_DEPTH = 600

/** Parts of a regular expression after its counts were written out. */
const MAX_PARTS = 5000

/** What compiling costs for each part: a few closures. */
const PART_STEPS = 20

/** Throws RegexTooDeep when counts in each other make it too large. */
export function compileRegex({ node, captures, names }: ParsedRegex): Regex {
  const start = new Compiler().compile(node, (_, at) => at)
  return {
    captures,
    names,
    find(text, from, isAnchored) {
      spend(captures)
      const places = Array.from<number>({ length: 2 * captures + 2 }).fill(-1)
      const match: Match = { text, places, turns: [], depth: 0 }
      for (let at = from; at <= (isAnchored ? from : text.length); at++) {
        spend(2)
        const end = start(match, at)
        if (end < 0) continue
        places[0] = at
        places[1] = end
        return places
      }
      return undefined
    },
  }
}

class Compiler {
  #parts = 0

  /** The step for a node, given what comes after it. */
  compile(node: RegexNode, next: Step): Step {
    if (++this.#parts > MAX_PARTS) throw new RegexTooDeep()
    spend(PART_STEPS)
    switch (node.kind) {
      case 'one': {
        const { test, cost } = node
        return (match, at) => {
          if ((run.fuel -= cost) < 0) endRun('fuel')
          return at < match.text.length && test(match.text.charCodeAt(at))
            ? next(match, at + 1)
            : -1
        }
      }
      case 'all': {
        const { nodes } = node
        return nodes.reduceRight((after, one) => this.compile(one, after), next)
      }
      case 'any':
        return anyOf(node.nodes.map((one) => this.compile(one, next)))
      case 'capture':
        return this.#capture(node.index, node.node, next)
      case 'repeat':
        return this.#repeat(node, next)
      case 'at':
        return (match, at) => (isAt(match.text, at, node.place) ? next(match, at) : -1)
      case 'same':
        return sameAs(node.index, next)
      case 'atomic':
        return once(this.compile(node.node, LAST), next)
      case 'look':
        return look(this.compile(node.node, LAST), node, next)
    }
  }

  #capture(index: number, node: RegexNode, next: Step): Step {
    const close: Step = (match, at) => {
      const before = match.places[2 * index + 1] as number
      match.places[2 * index + 1] = at
      const end = next(match, at)
      if (end < 0) match.places[2 * index + 1] = before
      return end
    }
    const inside = this.compile(node, close)
    return (match, at) => {
      const before = match.places[2 * index] as number
      match.places[2 * index] = at
      const end = deeper(match, at, inside)
      if (end < 0) match.places[2 * index] = before
      return end
    }
  }

  #repeat(repeat: Extract<RegexNode, { kind: 'repeat' }>, next: Step): Step {
    const { node, least, most, how } = repeat
    if (how === 'possessive') return once(this.#repeat({ ...repeat, how: 'greedy' }, LAST), next)
    if (node.kind === 'one')
      return characters({ ...repeat, test: node.test, cost: node.cost }, next)
    const isLazy = how === 'lazy'
    let step = most === Infinity ? this.#forever(node, isLazy, next) : next
    for (let i = least; most !== Infinity && i < most; i++) {
      const after = step
      const more = this.compile(node, after)
      step = isLazy ? anyOf([next, more]) : anyOf([more, next])
    }
    for (let i = 0; i < least; i++) step = this.compile(node, step)
    return step
  }

  /** A turn that matches nothing is the last, or it would go on for ever. */
  #forever(node: RegexNode, isLazy: boolean, next: Step): Step {
    const again: Step = (match, at) => {
      const start = match.turns.pop() as number
      const end = at === start ? next(match, at) : loop(match, at)
      match.turns.push(start)
      return end
    }
    const body = this.compile(node, again)
    const turn: Step = (match, at) => {
      match.turns.push(at)
      const end = body(match, at)
      match.turns.pop()
      return end
    }
    const loop = isLazy ? anyOf([next, turn]) : anyOf([turn, next])
    return loop
  }
}

const LAST: Step = (_, at) => at

function deeper(match: Match, at: number, step: Step): number {
  if (++match.depth > MAX_DEPTH) throw new RegexTooDeep()
  const end = step(match, at)
  match.depth--
  return end
}

function anyOf(steps: readonly Step[]): Step {
  return (match, at) => {
    for (const step of steps) {
      if (--run.fuel < 0) endRun('fuel')
      const end = deeper(match, at, step)
      if (end >= 0) return end
    }
    return -1
  }
}

interface Characters {
  readonly test: (code: number) => boolean
  readonly cost: number
  readonly least: number
  readonly most: number
  readonly how: 'greedy' | 'lazy' | 'possessive'
}

/** A repeated single character, without a frame for each. */
function characters({ test, cost, least, most, how }: Characters, next: Step): Step {
  const isOne = ({ text }: Match, at: number): boolean => {
    if ((run.fuel -= cost) < 0) endRun('fuel')
    return at < text.length && test(text.charCodeAt(at))
  }
  if (how === 'lazy') {
    return (match, start) => {
      let at = start
      for (; at - start < least; at++) if (!isOne(match, at)) return -1
      for (;;) {
        const end = next(match, at)
        if (end >= 0) return end
        if (at - start >= most || !isOne(match, at)) return -1
        at++
      }
    }
  }
  return (match, start) => {
    let at = start
    while (at - start < most && isOne(match, at)) at++
    for (; at - start >= least; at--) {
      const end = next(match, at)
      if (end >= 0) return end
    }
    return -1
  }
}

/** What matched once stays so: nothing tries it again another way. */
function once(step: Step, next: Step): Step {
  return (match, at) => {
    const before = match.places.slice()
    const inner = deeper(match, at, step)
    const end = inner < 0 ? -1 : next(match, inner)
    if (end < 0) restore(match, before)
    return end
  }
}

function look(
  step: Step,
  { isNegative, behind }: { readonly isNegative: boolean; readonly behind: number },
  next: Step,
): Step {
  return (match, at) => {
    const before = match.places.slice()
    const isThere = at >= behind && deeper(match, at - behind, step) >= 0
    if (isNegative) restore(match, before)
    const end = isThere === isNegative ? -1 : next(match, at)
    if (end < 0) restore(match, before)
    return end
  }
}

function restore({ places }: Match, before: readonly number[]): void {
  spend(before.length)
  for (let i = 0; i < before.length; i++) places[i] = before[i] as number
}

/** In either case the text itself counts: as PCRE does without the flag `i`. */
function sameAs(index: number, next: Step): Step {
  return (match, at) => {
    const start = match.places[2 * index]
    const end = match.places[2 * index + 1]
    if (start === undefined || end === undefined || start < 0 || end < start) return -1
    spend((end - start) >> 3)
    const known = match.text.slice(start, end)
    return match.text.startsWith(known, at) ? next(match, at + known.length) : -1
  }
}

function isAt(text: string, at: number, place: Place): boolean {
  if (--run.fuel < 0) endRun('fuel')
  switch (place) {
    case 'start':
      return at === 0
    case 'end':
      return at === text.length
    case 'lastLine':
      return at === text.length || (at === text.length - 1 && text.charCodeAt(at) === 10)
    case 'lineStart':
      return at === 0 || text.charCodeAt(at - 1) === 10
    case 'lineEnd':
      return at === text.length || text.charCodeAt(at) === 10
    default: {
      const isBefore = at > 0 && isWord(text.charCodeAt(at - 1))
      const isAfter = at < text.length && isWord(text.charCodeAt(at))
      return (isBefore !== isAfter) === (place === 'word')
    }
  }
}
