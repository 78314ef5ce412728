import type {
  CaCertificate,
  Certificate,
  Consumer,
  Plugin as PluginEntity,
  Route,
  Service,
  Sni,
  Target,
  Upstream,
} from '@postern/entities'
import {
  compilePlugins,
  type NodeFacts,
  type Plugin,
  type PluginChains,
  type PluginInstance,
} from '@postern/plugin-runtime'
import { type Balancers, compileBalancers } from '@postern/proxy'
import { createRouter, type Router } from '@postern/router'
import type { Configuration, Entity } from '@postern/store'
import type { PluginNeeds } from './bundled-plugins.ts'
import { indexConsumers } from './index-consumers.ts'
import type { PluginCatalog } from './plugin-catalog.ts'
import type { PreparedMemory } from './prepared-memory.ts'
import { compileServerNames, type ServerNames } from './tls/server-names.ts'
import { compileServiceTls, type ServiceTls } from './tls/service-tls.ts'

/** One configuration, compiled. Never changes: a request uses the one that it began with. */
export interface Snapshot {
  readonly revision: number
  readonly router: Router<Route, Service>
  readonly plugins: PluginChains
  readonly balancers: Balancers
  /** The certificates of TLS handshakes. */
  readonly serverNames: ServerNames
  /** What Services are shown in TLS, and whom they have to be vouched for by, by their ids. */
  readonly serviceTls: ReadonlyMap<string, ServiceTls>
  readonly node: NodeFacts
  /** The plugins that may be configured, by name. */
  readonly registered: ReadonlyMap<string, Plugin>
  /** How they are configured. */
  readonly instances: readonly PluginInstance[]
  /** Names of headers and query arguments that carry keys. */
  readonly secretNames: readonly string[]
}

/** What a Snapshot needs besides the configuration. */
export interface SnapshotNeeds {
  readonly catalog: PluginCatalog
  readonly engine: PluginNeeds['engine']
  /** What the Snapshot before has prepared. */
  readonly memory: PreparedMemory
  readonly node: Omit<NodeFacts, 'hasUpstream' | 'loadConsumer'>
  readonly routeMatchCalculation: 'strict' | 'original'
}

/**
 * Builds a Snapshot. Nothing of the old one is touched, so that a configuration which fails here
 * changes nothing.
 *
 * @throws the errors of `compilePlugins`
 */
export function buildSnapshot(configuration: Configuration, needs: SnapshotNeeds): Snapshot {
  const { entities, revision } = configuration
  const consumers = consumersOf(configuration)
  const upstreams = rowsOf<Upstream>(entities.upstreams)
  const upstreamNames = new Set(upstreams.map((upstream) => upstream.name))
  const instances = rowsOf<PluginEntity>(entities.plugins) as unknown as readonly PluginInstance[]
  const keyNames = instances.flatMap(({ name, config }) => keyNamesOf(name, config))
  const plugins = needs.catalog.create({
    engine: needs.engine,
    consumers,
    secretNames: () => keyNames,
  })
  const certificates = rowsOf<Certificate>(entities.certificates)
  return {
    revision,
    router: createRouter(routedServices(entities), {
      matchCalculation: needs.routeMatchCalculation,
    }),
    plugins: needs.memory.during(plugins, (remembering) => compilePlugins(instances, remembering)),
    registered: plugins,
    instances,
    secretNames: keyNames,
    balancers: compileBalancers(upstreams, rowsOf<Target>(entities.targets)),
    serverNames: compileServerNames(certificates, rowsOf<Sni>(entities.snis)),
    serviceTls: compileServiceTls({
      services: rowsOf<Service>(entities.services),
      upstreams,
      certificates,
      caCertificates: rowsOf<CaCertificate>(entities.ca_certificates),
    }),
    node: {
      ...needs.node,
      hasUpstream: (name) => upstreamNames.has(name),
      loadConsumer: (key, by) => consumers.find(key, by),
    },
  }
}

function consumersOf({ entities, expiresAtMs }: Configuration): ReturnType<typeof indexConsumers> {
  return indexConsumers(
    rowsOf<Consumer>(entities.consumers),
    entities.keyauth_credentials ?? [],
    expiresAtMs.keyauth_credentials ?? {},
  )
}

/** Rows of a store have passed the schema of their entity. */
function rowsOf<Row>(rows: readonly Entity[] | undefined): readonly Row[] {
  return (rows ?? []) as unknown as readonly Row[]
}

/** A Route whose Service is disabled is as good as absent; one without a Service answers 503. */
function routedServices(
  entities: Configuration['entities'],
): { route: Route; service: Service | undefined }[] {
  const services = rowsOf<Service>(entities.services)
  const serviceById = new Map(services.map((service) => [service.id, service]))
  const routed: { route: Route; service: Service | undefined }[] = []
  for (const route of rowsOf<Route>(entities.routes)) {
    const service = route.service === null ? undefined : serviceById.get(route.service.id)
    if (service?.enabled !== false) routed.push({ route, service })
  }
  return routed
}

/** The names under which clients send their keys. */
function keyNamesOf(plugin: string, config: unknown): readonly string[] {
  if (plugin !== 'key-auth') return []
  return (config as { readonly key_names?: readonly string[] }).key_names ?? []
}
