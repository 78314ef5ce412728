import { writeSync } from 'node:fs'
import pino, { type Logger } from 'pino'
import { readableLine } from './readable-line.ts'

/** The operator's log: JSON lines on standard error, one a line whatever they hold. */
export type OperatorLog = Logger

/** Kong's levels, and what pino calls them. */
const LEVELS: Readonly<Record<string, string>> = {
  debug: 'debug',
  info: 'info',
  notice: 'info',
  warn: 'warn',
  error: 'error',
  err: 'error',
  crit: 'fatal',
  alert: 'fatal',
  emerg: 'fatal',
}

/** How the log is written. */
export interface OperatorLogOptions {
  /** For people at a terminal: `10:02:03 warn text`, with what else there is behind it. Default false. */
  readonly isReadable?: boolean
}

/** @param level one of Kong's `log_level` values; `notice` when it is none of them */
export function createOperatorLog(
  level: string,
  { isReadable = false }: OperatorLogOptions = {},
): OperatorLog {
  return pino(
    {
      base: { pid: process.pid },
      level: LEVELS[level] ?? 'info',
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    // Synchronous: the last lines before a crash are the ones that matter.
    isReadable ? { write: writeReadable } : pino.destination({ fd: 2, sync: true }),
  )
}

/** A terminal that takes nothing more, or is gone, is no reason to end. */
function writeReadable(line: string): void {
  try {
    writeSync(2, `${readableLine(line)}\n`)
  } catch (error) {
    if (!LOST.has((error as NodeJS.ErrnoException).code)) throw error
  }
}

const LOST: ReadonlySet<string | undefined> = new Set(['EAGAIN', 'EPIPE', 'EIO'])
