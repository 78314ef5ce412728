import type { ExitFunctionContext } from '@postern/exit-transformer'
import type { Kong } from '@postern/plugin-runtime'

/** The call of a function that is running in this process. */
export interface RunningCall {
  /** Undefined where there is no request, as in `postern try`. */
  readonly kong: Kong | undefined
  readonly context: ExitFunctionContext
  /** What the function does through `kong` is thrown away. */
  readonly isShadow: boolean
}

/**
 * Which call is running. Tables for Lua are made once and look here: Lua is synchronous, so there
 * is one call at most.
 */
export class CallStack {
  #running: RunningCall | undefined

  constructor() {
    this.#running = undefined
  }

  /** Runs `work` as part of a call, and forgets the call afterwards, whatever happens. */
  during<T>(call: RunningCall, work: () => T): T {
    const outer = this.#running
    this.#running = call
    try {
      return work()
    } finally {
      this.#running = outer
    }
  }

  get running(): RunningCall | undefined {
    return this.#running
  }

  /** The `kong` of the request. Throws a text for the author of the function. */
  kong(name: string): Kong {
    const kong = this.#running?.kong
    if (kong === undefined) throw new Error(`kong.${name} needs a request, and there is none`)
    return kong
  }
}
