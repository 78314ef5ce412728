import type { LuaChunk, LuaFunction } from '@postern/lua'
import { renewLarge } from './renew-large.ts'

/** Between two times that a chunk begins anew. */
export type Era = object

/**
 * The function that a chunk returned when it first ran, with the locals around it.
 *
 * While the top level of a chunk waits, other calls run it too: nobody knows yet whether it returns
 * a function. The first that does is the one that is kept, and all call it, so that its locals are
 * there once.
 */
export class KeptFunction {
  readonly #chunk: LuaChunk
  #fn: LuaFunction | undefined
  #era: Era

  constructor(chunk: LuaChunk) {
    this.#chunk = chunk
    this.#fn = undefined
    this.#era = {}
  }

  /** For a call that begins: the function if there is one, else the chunk has to run. */
  current(): LuaFunction | undefined {
    if (renewLarge(this.#chunk)) {
      this.#fn = undefined
      this.#era = {}
    }
    return this.#fn
  }

  /** To be remembered by a call that runs the chunk. */
  get era(): Era {
    return this.#era
  }

  /**
   * Takes what the chunk has returned to a call, and answers what that call is to run.
   *
   * A chunk that has begun anew meanwhile keeps nothing from before: what the function holds would be
   * counted nowhere.
   */
  keep(fn: LuaFunction, era: Era): LuaFunction {
    if (era !== this.#era) return fn
    return (this.#fn ??= fn)
  }
}
