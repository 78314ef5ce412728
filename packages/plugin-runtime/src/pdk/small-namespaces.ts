// The namespaces of a few functions each: kong.router, kong.node, kong.ip, kong.table, kong.plugin,
// kong.ctx, kong.cluster. They share a file because each is shorter than its imports would be.
import type { Route, Service } from '@postern/entities'
import { checkPhase, luaType } from '@postern/pdk-response'
import { pluginErrors } from '../errors.ts'
import type { PhaseContext } from '../phase-context.ts'
import { type MemoryStats, memoryStats, ownMemory } from './memory-stats.ts'
import { AUTHENTICATED } from './phase-sets.ts'

/** `kong.router`: the Route and the Service of the request. */
export class RouterPdk {
  readonly #ctx: PhaseContext

  constructor(ctx: PhaseContext) {
    this.#ctx = ctx
  }

  /** Undefined where none has matched. */
  getRoute(): Route | undefined {
    checkPhase(this.#ctx.phase, AUTHENTICATED)
    return this.#ctx.route
  }

  /** Undefined where none has matched, or the Route has none. */
  getService(): Service | undefined {
    checkPhase(this.#ctx.phase, AUTHENTICATED)
    return this.#ctx.service
  }
}

/** `kong.node`: the node this runs on. */
export class NodePdk {
  readonly #ctx: PhaseContext

  constructor(ctx: PhaseContext) {
    this.#ctx = ctx
  }

  /** A UUID. */
  getId(): string {
    return this.#ctx.node.id
  }

  /** Of the machine, as its system tells it. */
  getHostname(): string {
    return this.#ctx.node.hostname
  }

  /**
   * How much memory is in use.
   *
   * @param unit `b` (default) gives numbers; `k`, `m` and `g` give texts such as `5.24 MiB`
   * @param scale digits after the point of such a text, default 2
   * @throws POSTERN_PLUGIN_ARGUMENT_INVALID
   */
  getMemoryStats(unit?: string | null, scale?: number | null): MemoryStats {
    const facts = this.#ctx.node.memory?.() ?? ownMemory()
    return memoryStats(facts, unit, scale)
  }
}

/** `kong.cluster`: the nodes that share a configuration. */
export class ClusterPdk {
  readonly #ctx: PhaseContext

  constructor(ctx: PhaseContext) {
    this.#ctx = ctx
  }

  /** A UUID. @throws POSTERN_PLUGIN_UNAVAILABLE where the host knows of no cluster */
  getId(): string {
    const { clusterId } = this.#ctx.node
    if (clusterId === undefined) throw pluginErrors.UNAVAILABLE('the cluster has no id')
    return clusterId
  }
}

/** `kong.ip`. */
export class IpPdk {
  readonly #ctx: PhaseContext

  constructor(ctx: PhaseContext) {
    this.#ctx = ctx
  }

  /** Whether an address belongs to `trusted_ips`. */
  isTrusted(address: string): boolean {
    if (typeof address !== 'string') {
      throw pluginErrors.ARGUMENT_INVALID('address must be a string')
    }
    return this.#ctx.node.isTrusted(address)
  }
}

/** `kong.plugin`: the plugin that is running. */
export class PluginPdk {
  readonly #ctx: PhaseContext

  constructor(ctx: PhaseContext) {
    this.#ctx = ctx
  }

  /** The id of the entity that configures it. */
  getId(): string | undefined {
    return this.#ctx.runningPlugin?.instance.id
  }
}

/** `kong.ctx`: places to keep things for the rest of the request. */
export class CtxPdk {
  readonly #ctx: PhaseContext

  constructor(ctx: PhaseContext) {
    this.#ctx = ctx
  }

  /** One object for all plugins. */
  get shared(): Record<string, unknown> {
    return this.#ctx.shared
  }

  /** One object for each plugin name. */
  get plugin(): Record<string, unknown> {
    return this.#ctx.pluginState
  }
}

/** `kong.table`: from a time when tables were dear. */
export class TablePdk {
  /** An empty object. The sizes are hints, and are ignored. */
  new(_arraySize?: number, _hashSize?: number): Record<string, unknown> {
    return {}
  }

  /** Removes everything from an object or array. @throws POSTERN_PLUGIN_ARGUMENT_INVALID */
  clear(table: Record<string, unknown> | unknown[]): void {
    checkTable(table, 'clear', 1)
    if (Array.isArray(table)) table.length = 0
    else for (const key of Object.keys(table)) delete table[key]
  }

  /**
   * A new object with the entries of both; those of the second win. Shallow.
   *
   * @throws POSTERN_PLUGIN_ARGUMENT_INVALID
   */
  merge(
    first?: Readonly<Record<string, unknown>> | null,
    second?: Readonly<Record<string, unknown>> | null,
  ): Record<string, unknown> {
    if ((first ?? undefined) !== undefined) checkTable(first, 'merge', 1)
    if ((second ?? undefined) !== undefined) checkTable(second, 'merge', 2)
    return { ...first, ...second }
  }
}

/** With the text of Lua's own library. */
function checkTable(value: unknown, name: string, position: number): void {
  const type = luaType(value)
  if (type === 'table') return
  throw pluginErrors.ARGUMENT_INVALID(
    `bad argument #${position} to '${name}' (table expected, got ${type})`,
  )
}

/** Shared by all requests: it knows nothing of any of them. */
export const TABLE_PDK: TablePdk = new TablePdk()
