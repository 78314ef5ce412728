import { hostname } from 'node:os'
import { setImmediate as turn } from 'node:timers/promises'
import { DEFAULT_RESPONSE_SETTINGS, type ResponseSettings } from '@postern/pdk-response'
import {
  configurePlugins,
  createCache,
  type Log,
  type RequestLimits,
  startPlugins,
} from '@postern/plugin-runtime'
import type { UpstreamClient } from '@postern/proxy'
import type { Configuration } from '@postern/store'
import type { LineWriter } from './access-log/line-writer.ts'
import { openAccessLog } from './access-log/open-access-log.ts'
import type { GatewayConfig } from './config/gateway-config.ts'
import { maskSecrets } from './config/mask-secrets.ts'
import { ENGINES } from './engines.ts'
import { readErrorTemplates } from './error-templates.ts'
import { ExitRing } from './exit-ring/exit-ring.ts'
import { functionEdition } from './functions/function-edition.ts'
import { createFunctionEngine, type FunctionEngine } from './functions/function-engine.ts'
import { type FunctionHostState, hostedFunctions } from './functions/hosted-functions.ts'
import { handleRequest } from './handle-request.ts'
import { compileHeaderTokens, type HeaderTokens } from './header-tokens.ts'
import { createKongLog } from './kong-log.ts'
import type { Listener, ListenerCounts, ListenerLimits } from './listener/listener.ts'
import { meteredInstances } from './metrics/metered-instances.ts'
import { Metrics } from './metrics/metrics.ts'
import type { MetricsReport } from './metrics/metrics-report.ts'
import type { NodeIdentity } from './node-identity.ts'
import type { OperatorLog } from './operator-log.ts'
import type { PluginCatalog } from './plugin-catalog.ts'
import { PreparedMemory } from './prepared-memory.ts'
import { connectionStatistics } from './processes/node-status.ts'
import { buildSnapshot, type Snapshot, type SnapshotNeeds } from './snapshot.ts'
import { ContextCache } from './tls/context-cache.ts'
import { loadDefaultCertificate } from './tls/default-certificate.ts'
import { createCertificatePhase } from './tls/enter-certificate.ts'
import { GatewayTls } from './tls/gateway-tls.ts'
import { compileTrustedIps } from './trusted-ips.ts'
import { SERVER_TOKEN, VERSION } from './version.ts'

/** The data plane of one process: serves requests by the Snapshot that was published last. */
export interface Gateway {
  /** Builds a Snapshot and serves by it from then on. A configuration that fails changes nothing. */
  publish(configuration: Configuration): Promise<void>
  /** What it has done so far, for the Admin API's `/status`. */
  readonly counts: ListenerCounts
  /** Its JavaScript functions with their processes and circuit breakers, where there have been any. */
  functionHost(): FunctionHostState | undefined
  /** Its last exits. */
  readonly exits: ExitRing
  /** What was counted since it was asked last; undefined when nothing was. */
  takeMetrics(): MetricsReport | undefined
  /** Opens the access log anew, so that a file which has been moved away is let go of. */
  reopenLogs(): void
  /** Opens the access log, and listens on every address of `proxy_listen`. */
  listen(): Promise<void>
  /** Stops accepting, and lets requests under way end for `graceMs`. */
  close(graceMs: number): Promise<void>
}

/** Longest wait for the process of JavaScript functions: less than a supervisor waits for a worker. */
const FUNCTIONS_START_MS = 3_000

/** What every request needs of the gateway. Made once, but for the Snapshot. */
export interface GatewayCore {
  readonly config: GatewayConfig
  /** The current one. A request keeps the one that it began with. */
  readonly snapshot: Snapshot
  readonly settings: ResponseSettings
  readonly requestLimits: RequestLimits
  readonly client: UpstreamClient
  /** Of connections with Services. */
  readonly contexts: ContextCache
  readonly log: Log
  readonly metrics: Metrics
  /** Absent where `proxy_access_log` is off. */
  readonly accessLog: LineWriter | undefined
  readonly headerTokens: HeaderTokens
  /** Takes every exit that is sent. */
  readonly exits: ExitRing
  /** For `Server`. */
  readonly server: string
  /** For `Via` of an answer, and of a request that came in HTTP/1.1. */
  readonly via: string
  /** For `Via` of a request that came in HTTP/1.0. */
  readonly viaOfOldClient: string
  /** Logged at each request: which plugins could not start. Undefined where all have. */
  readonly startAlert: string | undefined
  /** Whether the Service learns of the request id (`headers_upstream`). */
  readonly sendsRequestId: boolean
  isTrusted(address: string): boolean
  /** The port that clients see instead of the one that is listened on (`port_maps`). */
  publicPort(localPort: number): number
}

/** What a gateway is made of. */
export interface GatewayOptions {
  readonly config: GatewayConfig
  readonly identity: NodeIdentity
  readonly log: OperatorLog
  readonly catalog: PluginCatalog
}

export function createGateway(options: GatewayOptions): Gateway {
  return new ProcessGateway(options)
}

class ProcessGateway implements Gateway, GatewayCore {
  readonly config: GatewayConfig
  readonly settings: ResponseSettings
  readonly requestLimits: RequestLimits
  readonly client: UpstreamClient
  readonly contexts: ContextCache = new ContextCache()
  readonly log: Log
  readonly metrics: Metrics
  readonly headerTokens: HeaderTokens
  readonly exits: ExitRing
  readonly server: string = SERVER_TOKEN
  readonly via: string = `1.1 ${SERVER_TOKEN}`
  readonly viaOfOldClient: string = `1.0 ${SERVER_TOKEN}`
  readonly sendsRequestId: boolean
  readonly isTrusted: (address: string) => boolean
  readonly #publicPorts: ReadonlyMap<number, number>
  readonly #needs: SnapshotNeeds
  readonly #engine: FunctionEngine
  readonly #listener: Listener
  /** Absent where no address of the proxy speaks TLS. */
  readonly #tls: GatewayTls | undefined
  #snapshot: Snapshot | undefined
  #accessLog: LineWriter | undefined
  #hasStartedPlugins = false
  #startAlert: string | undefined

  constructor(options: GatewayOptions) {
    const { config, log, catalog } = options
    this.config = config
    this.log = createKongLog(log)
    this.settings = responseSettings(config)
    this.requestLimits = {
      maxHeaders: config.lua_max_req_headers,
      maxQueryArgs: config.lua_max_uri_args,
      maxPostArgs: config.lua_max_post_args,
    }
    const engine = ENGINES[config.http_engine]
    this.client = engine.createClient(config)
    this.headerTokens = compileHeaderTokens(config.headers)
    this.exits = new ExitRing(config.exit_ring_size)
    this.sendsRequestId = config.headers_upstream !== 'off'
    this.isTrusted = compileTrustedIps(config.trusted_ips)
    this.#publicPorts = new Map(config.port_maps.map(portsOf))
    this.#engine = createFunctionEngine(config, { log: this.log })
    this.#needs = {
      catalog,
      engine: this.#engine,
      memory: new PreparedMemory(() => functionEdition(config)),
      node: nodeOf(options, this),
      routeMatchCalculation: config.route_match_calculation,
    }
    this.#tls = tlsOf(this)
    this.#listener = engine.createListener({
      limits: limitsOf(config),
      onExchange: (exchange) => handleRequest(this, exchange),
      onRefused: (exchange, refusal) => handleRequest(this, exchange, refusal),
    })
    this.metrics = new Metrics(() => ({
      accepted: this.counts.accepted,
      requests: this.counts.requests,
      loggedLines: this.#accessLog?.counts.taken ?? 0,
      lostLines: this.#accessLog?.counts.lost ?? 0,
    }))
  }

  get snapshot(): Snapshot {
    return this.#snapshot as Snapshot
  }

  get counts(): ListenerCounts {
    return this.#listener.counts
  }

  get startAlert(): string | undefined {
    return this.#startAlert
  }

  get accessLog(): LineWriter | undefined {
    return this.#accessLog
  }

  takeMetrics(): MetricsReport | undefined {
    return this.metrics.take()
  }

  reopenLogs(): void {
    this.#accessLog?.reopen()
  }

  functionHost(): FunctionHostState | undefined {
    const state = this.#engine.hostState()
    return state === undefined ? undefined : hostedFunctions(state, this.#needs.memory)
  }

  publicPort(localPort: number): number {
    return this.#publicPorts.get(localPort) ?? localPort
  }

  /** Builds first and swaps last. */
  async publish(configuration: Configuration): Promise<void> {
    const snapshot = buildSnapshot(configuration, this.#needs)
    // Clients would wait instead, and the first functions of a chain use up the time of all.
    await this.#engine.ready(FUNCTIONS_START_MS)
    this.#snapshot = snapshot
    this.metrics.publish(meteredInstances(snapshot.instances, this.#needs.memory))
    for (const warning of snapshot.router.warnings) this.log.warn(warning.message)
    this.#tls?.publish(snapshot.serverNames)
    this.contexts.turn()
    await this.#tellPlugins(snapshot)
  }

  /** init_worker once, before any request; configure for each configuration. */
  async #tellPlugins({ registered, instances, node }: Snapshot): Promise<void> {
    const host = { node, log: this.log, timeoutMs: this.config.plugin_timeout_ms }
    if (!this.#hasStartedPlugins) {
      this.#hasStartedPlugins = true
      const failed = await startPlugins(registered.values(), host)
      if (failed.length > 0) this.#startAlert = `init_worker of ${failed.join(', ')} failed`
    }
    await configurePlugins(registered.values(), instances, host)
  }

  async listen(): Promise<void> {
    this.#accessLog = openAccessLog('proxy_access_log', this.config, this.log)
    for (const { host, port, ssl } of this.config.proxy_listen) {
      const reusePort = this.config.workers > 0
      const tls = ssl ? this.#tls : undefined
      await this.#listener.listen({ host, port, reusePort, ...(tls !== undefined && { tls }) })
    }
  }

  async close(graceMs: number): Promise<void> {
    await this.#listener.close(graceMs)
    await this.client.close()
    await this.#engine.close()
    // A request that was cut while it waited is logged when it has heard of that: the event is a turn
    // later, and what was waited for ends some promises after it.
    await turn()
    await turn()
    await this.#accessLog?.close()
  }
}

/** What plugins learn of this node. */
function nodeOf(
  { config, identity }: GatewayOptions,
  gateway: Pick<Gateway, 'counts'> & Pick<GatewayCore, 'isTrusted'>,
): SnapshotNeeds['node'] {
  return {
    id: identity.nodeId,
    clusterId: identity.clusterId,
    env: (name) => process.env[name],
    statistics: () => connectionStatistics(gateway.counts),
    hostname: hostname(),
    version: VERSION,
    configuration: maskSecrets(config),
    isTrusted: gateway.isTrusted,
    cache: createCache(),
  }
}

function tlsOf(gateway: GatewayCore): GatewayTls | undefined {
  const { config, log } = gateway
  if (config.proxy_listen.every(({ ssl }) => !ssl)) return undefined
  return new GatewayTls({
    own: loadDefaultCertificate(config, 'ssl_cert'),
    suite: config.ssl_cipher_suite,
    log,
    judge: createCertificatePhase(gateway),
  })
}

/** @see docs/security.md, limits by default */
function limitsOf(config: GatewayConfig): ListenerLimits {
  return {
    maxHeadBytes: 32 * 1024,
    headTimeoutMs: config.client_header_timeout,
    bodyIdleTimeoutMs: config.client_body_timeout,
    sendIdleTimeoutMs: config.send_timeout,
    keepAliveTimeoutMs: config.keepalive_timeout,
    maxRequestsPerConnection: config.keepalive_requests,
  }
}

/** How answers are written, as the settings say. */
export function responseSettings(config: GatewayConfig): ResponseSettings {
  return {
    ...DEFAULT_RESPONSE_SETTINGS,
    maxHeaders: config.lua_max_resp_headers,
    underscores: config.transform_underscores_in_response_headers ? 'dash' : 'keep',
    headerFilterExit: config.pdk_response_exit_header_filter_early_exit ? 'stop' : 'return',
    errorDefaultType: ERROR_TYPES[config.error_default_type],
    templates: readErrorTemplates(config),
  }
}

const ERROR_TYPES = {
  'text/plain': 'plain',
  'text/html': 'html',
  'application/json': 'json',
  'application/xml': 'xml',
} as const

/** `8443:443`: listened on, seen by clients. */
function portsOf(entry: string): [number, number] {
  const [listening, seen] = entry.split(':').map(Number)
  return [listening ?? 0, seen ?? 0]
}
