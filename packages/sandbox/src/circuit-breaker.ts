/** When a function that ends its process again and again is switched off. */
export interface BreakerOptions {
  /** Ended processes until it is switched off. Default 5. */
  readonly kills?: number
  /** Within how many ms. Default 60,000. */
  readonly withinMs?: number
  /** For how many ms. Default 30,000. Afterwards one more ended process is enough. */
  readonly offMs?: number
}

/** Counts the ended processes of one function. */
export interface CircuitBreaker {
  /** For how many ms calls are still refused; 0 or less when they are not. */
  offForMs(nowMs: number): number
  /** Processes that it has ended: in all, and within the time that counts. */
  kills(nowMs: number): { readonly total: number; readonly recent: number }
  /** Notes an ended process. Answers how long the function is off because of it, or undefined. */
  note(nowMs: number): number | undefined
}

export function createCircuitBreaker(options: BreakerOptions = {}): CircuitBreaker {
  const { kills = 5, withinMs = 60_000, offMs = 30_000 } = options
  let noted: number[] = []
  let offUntilMs = 0
  let total = 0
  return {
    offForMs: (nowMs) => offUntilMs - nowMs,
    kills: (nowMs) => ({ total, recent: noted.filter((at) => at > nowMs - withinMs).length }),
    note(nowMs) {
      total += 1
      noted = [...noted.filter((at) => at > nowMs - withinMs), nowMs]
      if (noted.length < kills) return undefined
      noted = noted.slice(1)
      offUntilMs = nowMs + offMs
      return offMs
    },
  }
}
