/** What was thrown, for the log. It may have no text, or one that throws. */
export function describeFailure(error: unknown): string {
  try {
    return String(error instanceof Error ? (error.stack ?? error.message) : error)
  } catch {
    return typeof error
  }
}

/** The code of an error of ours; undefined for anything else. */
export function codeOf(error: unknown): unknown {
  try {
    return error instanceof Error && 'code' in error ? error.code : undefined
  } catch {
    return undefined
  }
}
