import type { Log } from '@postern/plugin-runtime'
import type { OperatorLog } from './operator-log.ts'

/** Kong's levels over the operator's log. Values are put together without a separator, as in Kong. */
export function createKongLog(log: OperatorLog): Log {
  const at = (level: 'debug' | 'info' | 'warn' | 'error' | 'fatal') => {
    return (...values: readonly unknown[]): void => {
      if (log.isLevelEnabled(level)) log[level](values.map(textOf).join(''))
    }
  }
  return {
    debug: at('debug'),
    info: at('info'),
    notice: at('info'),
    warn: at('warn'),
    err: at('error'),
    crit: at('fatal'),
    alert: at('fatal'),
    emerg: at('fatal'),
  }
}

/** A value of a plugin may have no text, or one that throws. */
export function textOf(value: unknown): string {
  try {
    if (value instanceof Error) return value.stack ?? value.message
    return typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value)
  } catch {
    return typeof value
  }
}
