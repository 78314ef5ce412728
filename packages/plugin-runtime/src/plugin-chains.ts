import { applicable } from './collect-plugins.ts'
import { CollectedSets } from './collected-sets.ts'
import type { CompiledPlugin, ExitStep } from './compiled-plugin.ts'
import { PluginSet } from './plugin-set.ts'

/** What applies of one plugin to the requests of a Route. */
export interface ChainEntry {
  /** Applies unless one of the Consumer's does. */
  readonly base: CompiledPlugin | undefined
  /** By Consumer, the most specific first. */
  readonly byConsumer: readonly ReadonlyMap<string, CompiledPlugin>[]
}

/** What applies to the requests of a Route, plugin by plugin, in the order in which they run. */
export interface PluginChain {
  readonly entries: readonly ChainEntry[]
  /** The same in the order in which access runs them, which `ordering` may have changed. */
  readonly accessEntries: readonly ChainEntry[]
  /** One of them, for any Consumer, wants the body of the request before access. */
  readonly needsBody: boolean
  /** Set when no Consumer makes a difference: the whole set is known before the request. */
  readonly fixed: PluginSet | undefined
  /** Else what requests have collected so far. */
  readonly collected: CollectedSets
}

/** Every configuration of one plugin, by where it is bound. */
export interface PluginScopes {
  /** By `scopeKey`. */
  readonly groups: ReadonlyMap<string, ScopeGroup>
}

/** The configurations bound to one combination of Route and Service. */
export interface ScopeGroup {
  own: CompiledPlugin | undefined
  readonly byConsumer: Map<string, CompiledPlugin>
}

/** Names a combination of Route and Service; ids are UUIDs and hold no bar. */
export function scopeKey(routeId: string | undefined, serviceId: string | undefined): string {
  return `${routeId ?? ''}|${serviceId ?? ''}`
}

/** All plugins of one configuration, and what of them applies to which Route. */
export class PluginChains {
  /** The global instances. They run where no Route is known. */
  readonly global: PluginSet
  readonly #plugins: readonly PluginScopes[]
  readonly #accessOrder: readonly number[] | undefined
  readonly #chainByRoute: Map<string, PluginChain>
  readonly #withoutRoute: Map<string, PluginChain>

  /**
   * @param plugins in the order in which they run
   * @param accessOrder where access runs them in another order: their places in `plugins`
   */
  constructor(plugins: readonly PluginScopes[], accessOrder?: readonly number[]) {
    this.#plugins = plugins
    this.#accessOrder = accessOrder
    this.#chainByRoute = new Map()
    this.#withoutRoute = new Map()
    this.global = new PluginSet()
    for (const { groups } of plugins) {
      const own = groups.get(scopeKey(undefined, undefined))?.own
      if (own !== undefined) this.global.add(own)
    }
  }

  /**
   * What applies to a Route and its Service. Worked out at the first request of a Route and then
   * kept, because a configuration may have very many Routes of which few are in use.
   */
  forRoute(routeId: string | undefined, serviceId: string | undefined): PluginChain {
    const known = routeId === undefined ? this.#withoutRoute : this.#chainByRoute
    const key = routeId ?? serviceId ?? ''
    let chain = known.get(key)
    if (chain === undefined) known.set(key, (chain = this.#compile(routeId, serviceId)))
    return chain
  }

  /** The exit handlers that apply, given what is known of a request so far, in order. */
  exitSteps(
    routeId: string | undefined,
    serviceId: string | undefined,
    consumer: { readonly id: string } | undefined,
  ): readonly ExitStep[] {
    const { fixed, entries } =
      routeId === undefined && serviceId === undefined && consumer === undefined
        ? { fixed: this.global, entries: [] as readonly ChainEntry[] }
        : this.forRoute(routeId, serviceId)
    if (fixed !== undefined) return fixed.exit
    const applying = new PluginSet()
    for (const entry of entries) {
      const compiled = applicable(entry, consumer)
      if (compiled?.plugin.exit !== undefined) applying.add(compiled)
    }
    return applying.exit
  }

  #compile(routeId: string | undefined, serviceId: string | undefined): PluginChain {
    const all = this.#plugins.map(({ groups }) => entryOf(groups, routeId, serviceId))
    const entries = all.filter((entry) => entry !== undefined)
    const accessEntries =
      this.#accessOrder?.map((place) => all[place]).filter((entry) => entry !== undefined) ??
      entries
    return {
      entries,
      accessEntries,
      needsBody: entries.some(wantsBody),
      fixed: fixedSet(entries, accessEntries),
      collected: new CollectedSets(),
    }
  }
}

/**
 * Kong's order of precedence: route+service+consumer, route+consumer, service+consumer,
 * route+service, consumer, route, service, global.
 */
function entryOf(
  groups: ReadonlyMap<string, ScopeGroup>,
  routeId: string | undefined,
  serviceId: string | undefined,
): ChainEntry | undefined {
  const both =
    routeId === undefined || serviceId === undefined
      ? undefined
      : groups.get(scopeKey(routeId, serviceId))
  const route = routeId === undefined ? undefined : groups.get(scopeKey(routeId, undefined))
  const service = serviceId === undefined ? undefined : groups.get(scopeKey(undefined, serviceId))
  const global = groups.get(scopeKey(undefined, undefined))
  const base = both?.own ?? route?.own ?? service?.own ?? global?.own
  // Route and Service together come before the Consumer alone.
  const consumerOnly = both?.own === undefined ? global : undefined
  const byConsumer = [both, route, service, consumerOnly]
    .flatMap((group) => (group === undefined ? [] : [group.byConsumer]))
    .filter((map) => map.size > 0)
  if (base === undefined && byConsumer.length === 0) return undefined
  return { base, byConsumer }
}

function wantsBody({ base, byConsumer }: ChainEntry): boolean {
  if (base?.needsBody.access === true) return true
  return byConsumer.some((map) => [...map.values()].some((one) => one.needsBody.access))
}

function fixedSet(
  entries: readonly ChainEntry[],
  accessEntries: readonly ChainEntry[],
): PluginSet | undefined {
  if (entries.some((entry) => entry.byConsumer.length > 0)) return undefined
  const set = new PluginSet()
  for (const { base } of entries) if (base !== undefined) set.add(base)
  if (entries !== accessEntries) set.orderAccess(accessEntries.map(({ base }) => base))
  return set
}
