import { pluginErrors } from '../errors.ts'
import type { ConnectionStatistics } from '../node-facts.ts'
import type { PhaseContext } from '../phase-context.ts'
import { nginxVariable } from './nginx-variable.ts'

/**
 * `kong.nginx`. There is no nginx here: what can be told is told under the names it has there.
 *
 * `getVar`, `getCtx`, `setCtx` and `reqStartTime` are those of kong-pdk, for JavaScript.
 *
 * @see Kong Gateway docs, PDK reference, "kong.nginx"
 */
export class NginxPdk {
  readonly #ctx: PhaseContext
  readonly #context: Map<unknown, unknown>

  constructor(ctx: PhaseContext) {
    this.#ctx = ctx
    this.#context = new Map()
  }

  /** `stream` in preread and where the host proxies connections, else `http`. */
  getSubsystem(): 'http' | 'stream' {
    return this.#ctx.phase === 'preread' ? 'stream' : (this.#ctx.node.subsystem ?? 'http')
  }

  /**
   * Connections and requests of the process since it was started.
   *
   * @throws POSTERN_PLUGIN_UNAVAILABLE where the host does not count
   */
  getStatistics(): ConnectionStatistics {
    const { statistics } = this.#ctx.node
    if (statistics === undefined) throw pluginErrors.UNAVAILABLE('statistics are not available')
    return statistics()
  }

  /**
   * A variable of nginx that tells of the request: `remote_addr`, `http_user_agent`, `arg_page`.
   *
   * @throws POSTERN_PLUGIN_ARGUMENT_INVALID
   */
  getVar(name: string): string | undefined {
    if (typeof name !== 'string') throw pluginErrors.ARGUMENT_INVALID('name must be a string')
    return nginxVariable(this.#ctx, name)
  }

  /** What `setCtx` kept for the rest of the request, beside `kong.ctx.shared`. */
  getCtx(key: unknown): unknown {
    return this.#context.get(key)
  }

  /** Keeps a value for `getCtx`, as kong-pdk plugins do; others have `kong.ctx`. */
  setCtx(key: unknown, value: unknown): void {
    this.#context.set(key, value)
  }

  /** Seconds since 1970, with a fraction. */
  reqStartTime(): number {
    return this.#ctx.request.startedAtMs / 1000
  }
}
