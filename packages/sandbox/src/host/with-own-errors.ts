/**
 * Throws a TypeError of ours where Node throws one of its own: those lead to classes of Node that
 * nobody has frozen.
 */
export function withOwnErrors<T>(work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw new TypeError((error as Error).message)
  }
}
