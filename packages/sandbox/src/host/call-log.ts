import { type LogLines, MAX_LOG_LINES, MAX_LOG_TEXT } from '../protocol.ts'
import { copyData } from './copy-data.ts'

const LEVELS = ['debug', 'log', 'info', 'warn', 'error'] as const

/** A console whose lines go to the gateway with the reply of the call that wrote them. */
export interface CallLog {
  readonly console: Readonly<Record<(typeof LEVELS)[number], (...values: unknown[]) => void>>
}

const { stringify } = JSON

/** @param lines where the call that is running keeps its lines; undefined between calls */
export function createCallLog(lines: () => [string, string][] | undefined): CallLog {
  const write =
    (level: string) =>
    (...values: unknown[]): void => {
      const written = lines()
      // A flood is cut without a word: the function must not fail by what it logs.
      if (written === undefined || written.length >= MAX_LOG_LINES) return
      written.push([level, textOf(values)])
    }
  const entries = LEVELS.map((level) => [level, write(level)] as const)
  return { console: Object.fromEntries(entries) as CallLog['console'] }
}

function textOf(values: readonly unknown[]): string {
  let text = ''
  for (const value of values) {
    if (text.length > MAX_LOG_TEXT) break
    text += (text === '' ? '' : ' ') + (typeof value === 'string' ? value : show(value))
  }
  return text.slice(0, MAX_LOG_TEXT)
}

function show(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value)
  try {
    return stringify(copyData(value))
  } catch {
    // Not JSON data, or the budget is used up, which the next step of the function tells again.
    return '[object]'
  }
}

export type { LogLines }
