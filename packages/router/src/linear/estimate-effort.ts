import { parsePattern, type Pattern } from './parse-pattern.ts'

/** How a backtracking engine may fare with an expression. */
export interface Effort {
  /** Whether a repetition leaves a choice each time it goes round, so that n rounds have 2^n ways. */
  readonly isExponential: boolean
  /** Repetitions that may end at many places. With n of them a text of length L has L^n ways. */
  readonly wideRepetitions: number
  /** Product of the counts of repetitions inside each other, at most. */
  readonly greatestCount: number
}

/** Estimates what an expression, as `translateRegex` answers it, may cost a backtracking engine. */
export function estimateEffort(source: string): Effort {
  const effort = { isExponential: false, wideRepetitions: 0, greatestCount: 1 }
  walk(parsePattern(source, false).pattern, { count: 1, goesRound: false }, effort)
  return effort
}

/** A repetition that may end at fewer places than this costs little. */
const WIDE = 16

interface Around {
  /** Product of the counts of the repetitions around. */
  readonly count: number
  /** Whether one of them may go round more than once. */
  readonly goesRound: boolean
}

function walk(
  pattern: Pattern,
  around: Around,
  effort: { -readonly [Name in keyof Effort]: Effort[Name] },
): void {
  switch (pattern.kind) {
    case 'sequence':
      for (const part of pattern.parts) walk(part, around, effort)
      return
    case 'choice':
      effort.isExponential ||= around.goesRound
      for (const option of pattern.options) walk(option, around, effort)
      return
    case 'group':
      return walk(pattern.body, around, effort)
    case 'repeat': {
      const { body, least, most } = pattern
      if (least !== most) effort.isExponential ||= around.goesRound
      if (most - least > WIDE) effort.wideRepetitions++
      const count = around.count * Math.max(1, Number.isFinite(most) ? most : least)
      effort.greatestCount = Math.max(effort.greatestCount, count)
      return walk(body, { count, goesRound: around.goesRound || most > 1 }, effort)
    }
    case 'atom':
    case 'assertion':
  }
}
