import type { BodyFilterState } from '@postern/pdk-response'
import type { Kong } from '@postern/plugin-runtime'
import type { FunctionPhase } from '@postern/pre-function'

/** A Lua function of pre-function or post-function that is running in this process. */
export interface PhaseCall {
  readonly kong: Kong
  readonly phase: FunctionPhase
  /** In body_filter. */
  readonly piece: BodyFilterState | undefined
}

/**
 * Which call is running. The tables of Lua are made once and look here: Lua is synchronous, so
 * there is one call at most.
 */
export class PhaseCalls {
  #running: PhaseCall | undefined

  constructor() {
    this.#running = undefined
  }

  /** Runs `work` as part of a call, and forgets the call afterwards, whatever happens. */
  during<T>(call: PhaseCall, work: () => T): T {
    const outer = this.#running
    this.#running = call
    try {
      return work()
    } finally {
      this.#running = outer
    }
  }

  /** The call that is running. Throws a text for the author of the function. */
  running(name: string): PhaseCall {
    if (this.#running === undefined) throw new Error(`${name} needs a request, and there is none`)
    return this.#running
  }

  /** The `kong` of the request. */
  kong(name: string): Kong {
    return this.running(`kong.${name}`).kong
  }
}
