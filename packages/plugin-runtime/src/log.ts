/** Where lines for the operator go. Values are put together without a separator, as in Kong. */
export interface Log {
  debug(...values: readonly unknown[]): void
  info(...values: readonly unknown[]): void
  notice(...values: readonly unknown[]): void
  warn(...values: readonly unknown[]): void
  err(...values: readonly unknown[]): void
  crit(...values: readonly unknown[]): void
  alert(...values: readonly unknown[]): void
  emerg(...values: readonly unknown[]): void
}

/** The levels of a log, from the least to the most severe. */
export type LogLevel = keyof Log
