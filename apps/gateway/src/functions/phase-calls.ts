import type { BodyFilterState } from '@postern/pdk-response'
import type { Kong } from '@postern/plugin-runtime'
import type { FunctionPhase } from '@postern/pre-function'
import { CallsInProcess } from './calls-in-process.ts'
import type { CallThatWaits } from './finish-waiting.ts'

/** A Lua function of pre-function or post-function that is running in this process. */
export interface PhaseCall extends CallThatWaits {
  /** As it was compiled with it: `pre-function[access:1]`. */
  readonly name: string
  readonly kong: Kong
  readonly phase: FunctionPhase
  /** In body_filter. */
  readonly piece: BodyFilterState | undefined
  /** Of a callback that is called when the phase is over: whose configuration it belongs to. */
  readonly owner?: string | undefined
}

/** The calls of functions in Lua that pre-function and post-function run. */
export class PhaseCalls extends CallsInProcess<PhaseCall> {
  /** The call that is running. Throws a text for the author of the function. */
  running(name: string): PhaseCall {
    if (this.current === undefined) throw new Error(`${name} needs a request, and there is none`)
    return this.current
  }

  owner(): string | undefined {
    return this.current?.owner
  }

  /**
   * Throws where OpenResty refuses what waits, in its words: a response that is on its way waits for
   * nobody.
   */
  mayWait(): void {
    const phase = this.current?.phase
    if (phase === 'header_filter' || phase === 'body_filter' || phase === 'log') {
      throw new Error(`API disabled in the context of ${phase}_by_lua*`)
    }
  }

  /** The `kong` of the request. */
  kong(name: string): Kong {
    return this.running(`kong.${name}`).kong
  }
}
