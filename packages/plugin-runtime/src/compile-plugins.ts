import { byOrder } from './by-order.ts'
import { compilePlugin } from './compiled-plugin.ts'
import { pluginErrors } from './errors.ts'
import { orderPlugins } from './order-plugins.ts'
import type { Plugin, PluginInstance } from './plugin.ts'
import { PluginChains, type PluginScopes, type ScopeGroup, scopeKey } from './plugin-chains.ts'

/** Which protocols an instance must name to take part. */
const PROTOCOLS: Readonly<Record<'http' | 'stream', ReadonlySet<string>>> = {
  http: new Set(['http', 'https', 'grpc', 'grpcs', 'ws', 'wss']),
  stream: new Set(['tcp', 'tls', 'udp', 'tls_passthrough']),
}

/** Options of `compilePlugins`. */
export interface CompilePluginsOptions {
  /** Instances whose protocols all belong to the other one are left out. Default `http`. */
  readonly subsystem?: 'http' | 'stream'
}

/**
 * Makes the plugins of a configuration ready to run. Called when a configuration is published:
 * order and precedence are decided here, and every `prepare` runs here.
 *
 * @throws POSTERN_PLUGIN_UNKNOWN, POSTERN_PLUGIN_PREPARE_FAILED, POSTERN_PLUGIN_ORDERING_CYCLE
 */
export function compilePlugins(
  instances: readonly PluginInstance[],
  plugins: ReadonlyMap<string, Plugin>,
  options: CompilePluginsOptions = {},
): PluginChains {
  const protocols = PROTOCOLS[options.subsystem ?? 'http']
  const scopesByPlugin = new Map<Plugin, { readonly groups: Map<string, ScopeGroup> }>()
  const taking: PluginInstance[] = []
  for (const instance of instances) {
    const plugin = plugins.get(instance.name)
    if (!takesPart(instance, plugin, protocols)) continue
    if (plugin === undefined) throw pluginErrors.UNKNOWN(instance.name, instance.id)
    let scopes = scopesByPlugin.get(plugin)
    if (scopes === undefined) scopesByPlugin.set(plugin, (scopes = { groups: new Map() }))
    bind(scopes.groups, plugin, instance)
    taking.push(instance)
  }
  const ordered = [...scopesByPlugin].sort(([a], [b]) => byOrder(a, b))
  const names = ordered.map(([plugin]) => plugin.name)
  const inAccess = orderPlugins(names, taking)
  return new PluginChains(
    ordered.map(([, scopes]): PluginScopes => scopes),
    inAccess === names ? undefined : inAccess.map((name) => names.indexOf(name)),
  )
}

function takesPart(
  instance: PluginInstance,
  plugin: Plugin | undefined,
  protocols: ReadonlySet<string>,
): boolean {
  if (!instance.enabled) return false
  if (plugin?.no_route === true && instance.route !== null) return false
  if (plugin?.no_service === true && instance.service !== null) return false
  if (plugin?.no_consumer === true && instance.consumer !== null) return false
  return instance.protocols.some((protocol) => protocols.has(protocol))
}

function bind(groups: Map<string, ScopeGroup>, plugin: Plugin, instance: PluginInstance): void {
  const key = scopeKey(instance.route?.id, instance.service?.id)
  let group = groups.get(key)
  if (group === undefined) groups.set(key, (group = { own: undefined, byConsumer: new Map() }))
  const compiled = compilePlugin(plugin, instance)
  if (instance.consumer === null) group.own = compiled
  else group.byConsumer.set(instance.consumer.id, compiled)
}
