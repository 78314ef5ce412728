import type { Log, LogLevel } from '@postern/plugin-runtime'

/** A line that was logged. */
export interface LogLine {
  readonly level: LogLevel
  /** The values put together without a separator, as in Kong. */
  readonly text: string
}

/** A log that keeps its lines in a list. */
export function logInto(lines: LogLine[]): Log {
  const at =
    (level: LogLevel) =>
    (...values: readonly unknown[]): void => {
      lines.push({ level, text: values.map(String).join('') })
    }
  return {
    debug: at('debug'),
    info: at('info'),
    notice: at('notice'),
    warn: at('warn'),
    err: at('err'),
    crit: at('crit'),
    alert: at('alert'),
    emerg: at('emerg'),
  }
}
