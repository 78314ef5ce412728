import pino, { type Logger } from 'pino'

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

/** @param level one of Kong's `log_level` values; `notice` when it is none of them */
export function createOperatorLog(level: string): OperatorLog {
  return pino(
    {
      base: { pid: process.pid },
      level: LEVELS[level] ?? 'info',
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    // Synchronous: the last lines before a crash are the ones that matter.
    pino.destination({ fd: 2, sync: true }),
  )
}
