/** Lets one piece of work run at a time, in the order of asking. */
export interface WriteQueue {
  run<T>(work: () => Promise<T>): Promise<T>
  /** Resolves when everything asked for so far has ended. */
  idle(): Promise<void>
}

/** A queue in which a failure is the caller's and does not hold up those behind it. */
export function createWriteQueue(): WriteQueue {
  let last: Promise<unknown> = Promise.resolve()
  return {
    run(work) {
      const result = last.then(work)
      last = result.catch(() => {})
      return result
    },
    async idle() {
      await last
    },
  }
}
