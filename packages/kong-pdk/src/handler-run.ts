import { EXIT_SIGNAL } from '@postern/pdk-response'
import type { Kong } from '@postern/plugin-runtime'
import { CallResult } from './call-result.ts'
import type { CallNode } from './call-tree.ts'
import { kongPdkErrors } from './errors.ts'
import { plainCopy } from './plain-copy.ts'

/**
 * One handler of a kong-pdk plugin on its way: carries out what it calls, until it has exited or
 * has ended.
 *
 * With kong-pdk every call travels over a socket. So `kong.response.exit` does not stop the code,
 * what is called after it goes nowhere, and so does what is called once the handler has ended.
 */
export class HandlerRun {
  readonly #kong: Kong
  readonly #tellIgnored: (kong: Kong, path: string) => void
  readonly #failures: [error: unknown, result: CallResult][] = []
  #state: 'running' | 'exited' | 'ended' = 'running'

  /** @param tellIgnored told what was called after an exit */
  constructor(kong: Kong, tellIgnored: (kong: Kong, path: string) => void) {
    this.#kong = kong
    this.#tellIgnored = tellIgnored
  }

  /**
   * Calls a function. Answers a promise of what it answers first; undefined where Kong answers nil
   * and a message.
   */
  call(node: CallNode, args: readonly unknown[]): Promise<unknown> {
    if (this.#state !== 'running') {
      if (this.#state === 'exited') this.#tellIgnored(this.#kong, node.path)
      return Promise.resolve()
    }
    try {
      if (node.call === undefined) throw kongPdkErrors.FUNCTION_UNKNOWN(node.path)
      const answer = node.call(this.#kong, args)
      if (answer instanceof Promise) return this.#watch(answer.then(plainCopy, nilWhenUnavailable))
      return Promise.resolve(IS_LIVE.has(node.path) ? answer : plainCopy(answer))
    } catch (error) {
      if (error !== EXIT_SIGNAL) return this.#fail(error)
      this.#state = 'exited'
      return Promise.resolve()
    }
  }

  /** Ends it. Throws the first failure of a call that nobody has looked at. */
  end(): void {
    this.close()
    const unseen = this.#failures.find(([, result]) => !result.isSeen)
    if (unseen !== undefined) throw unseen[0]
  }

  /** From here on nothing that is left of the handler can touch the request. */
  close(): void {
    this.#state = 'ended'
  }

  #fail(error: unknown): CallResult {
    const result = new CallResult((_resolve, reject) => reject(error))
    result.onFailure(() => undefined)
    this.#failures.push([error, result])
    return result
  }

  #watch(answer: Promise<unknown>): CallResult {
    const result = new CallResult((resolve) => resolve(answer))
    result.onFailure((error) => this.#failures.push([error, result]))
    return result
  }
}

/** What plugins have put there themselves is answered as it is: it need not be plain data. */
const IS_LIVE = new Set(['kong.ctx.shared.get', 'kong.ctx.plugin.get', 'kong.nginx.get_ctx'])

function nilWhenUnavailable(error: unknown): undefined {
  const isUnavailable =
    error instanceof Error && 'code' in error && error.code === 'POSTERN_PLUGIN_UNAVAILABLE'
  if (!isUnavailable) throw error
}
