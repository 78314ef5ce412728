/**
 * Which call of a Lua function is running. The tables of Lua are made once and look here: between
 * two waits Lua is synchronous, so there is one call at most.
 */
export class CallsInProcess<Call> {
  #current: Call | undefined

  constructor() {
    this.#current = undefined
  }

  /** Runs `work` as part of a call, and forgets the call afterwards, whatever happens. */
  during<T>(call: Call, work: () => T): T {
    const outer = this.#current
    this.#current = call
    try {
      return work()
    } finally {
      this.#current = outer
    }
  }

  /** The call that is running. */
  get current(): Call | undefined {
    return this.#current
  }
}
