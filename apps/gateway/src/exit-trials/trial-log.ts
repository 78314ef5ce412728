import type { Log, LogLevel } from '@postern/plugin-runtime'

/** A log that keeps its lines until somebody takes them. */
export interface TrialLog extends Log {
  /** The oldest first; whoever reads them empties it. */
  readonly lines: string[]
}

/** Lines kept between two readings, and characters of each: a function may write without end. */
const MAX_LINES = 100
const MAX_CHARACTERS = 2000

/** Keeps what functions write. */
export function createTrialLog(): TrialLog {
  const lines: string[] = []
  const write = (...values: readonly unknown[]): void => {
    if (lines.length < MAX_LINES) lines.push(values.map(textOf).join('').slice(0, MAX_CHARACTERS))
  }
  const levels = LEVELS.map((level) => [level, write] as const)
  return { ...(Object.fromEntries(levels) as Record<LogLevel, typeof write>), lines }
}

const LEVELS: readonly LogLevel[] = [
  'debug',
  'info',
  'notice',
  'warn',
  'err',
  'crit',
  'alert',
  'emerg',
]

function textOf(value: unknown): string {
  try {
    return typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value)
  } catch {
    // Without JSON form, or with a text that throws.
    return typeof value
  }
}
