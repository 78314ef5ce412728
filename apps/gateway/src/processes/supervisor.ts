import { hostname } from 'node:os'
import { type AdminApi, createAdminApi } from '@postern/admin-api'
import { exitTransformerWarnings } from '@postern/exit-transformer'
import type { EntitySchema } from '@postern/schema'
import type { Configuration, Store } from '@postern/store'
import { openAccessLog } from '../access-log/open-access-log.ts'
import { type AdminListener, formatAddress, listenAdmin } from '../admin-listener.ts'
import { checkRow } from '../check-row.ts'
import type { GatewayConfig } from '../config/gateway-config.ts'
import { maskSecrets } from '../config/mask-secrets.ts'
import {
  createDeclarativeSource,
  type DeclarativeSource,
  type LoadedDeclarative,
} from '../declarative/declarative-source.ts'
import { trialEndpoints } from '../exit-trials/trial-endpoints.ts'
import { createTrialPool, type TrialPool } from '../exit-trials/trial-pool.ts'
import { createFunctionEngine, type FunctionEngine } from '../functions/function-engine.ts'
import { createGateway } from '../gateway.ts'
import { isLoopback } from '../is-loopback.ts'
import { createKongLog } from '../kong-log.ts'
import { type NodeIdentity, readIdentity } from '../node-identity.ts'
import { keepConfigured } from '../metrics/keep-configured.ts'
import { renderMetrics } from '../metrics/render-metrics.ts'
import type { OperatorLog } from '../operator-log.ts'
import { openStore } from '../open-store.ts'
import { loadPluginCatalog, type PluginCatalog } from '../plugin-catalog.ts'
import { describePlugins } from '../plugin-descriptions.ts'
import { createStatusApi } from '../status-api.ts'
import { loadDefaultCertificate } from '../tls/default-certificate.ts'
import { VERSION } from '../version.ts'
import { claimPorts } from './claim-ports.ts'
import { nodeStatus } from './node-status.ts'
import { createLocalPool } from './local-pool.ts'
import { createPublisher } from './publisher.ts'
import { createWorkerPool, type WorkerPool } from './worker-pool.ts'

/** The process that owns the configuration: store, Admin API, and the workers that serve. */
export interface Supervisor {
  readonly admin: AdminApi
  readonly proxyAddresses: readonly string[]
  readonly adminAddresses: readonly string[]
  readonly statusAddresses: readonly string[]
  readonly workerPids: readonly number[]
  /** The file that the configuration comes from; absent where the Admin API writes it. */
  readonly declarative?: DeclarativeControl
  /** Opens the access logs anew, for programs that rotate them. */
  reopenLogs(): void
  /** Lets requests under way end for `graceMs`. */
  stop(graceMs: number): Promise<void>
}

/** A declarative file that is served. */
export interface DeclarativeControl {
  /** Absolute paths of the file and of the function files that it names. */
  readonly files: readonly string[]
  /** What came of it at the start. */
  readonly first: LoadedDeclarative
  /**
   * Reads the file again and serves by it. When it cannot be used nothing changes. One call at a time.
   *
   * @throws POSTERN_CONFIG_INVALID, and whatever keeps the configuration from being built
   */
  reload(): Promise<LoadedDeclarative>
}

export interface SupervisorOptions {
  readonly config: GatewayConfig
  readonly log: OperatorLog
  /** Opens another store than the one that the configuration names. Closed at the end. */
  readonly openStore?: (entities: readonly EntitySchema[]) => Store
}

/**
 * Starts a whole gateway and resolves when it serves.
 *
 * The addresses are claimed before anything else, so that a taken port is told with its key and
 * nothing is left behind.
 *
 * @throws POSTERN_GATEWAY_ADDRESS_IN_USE, POSTERN_CONFIG_INVALID for a declarative file, and the errors of the store
 */
export async function startSupervisor(options: SupervisorOptions): Promise<Supervisor> {
  const { log } = options
  const config = await claimPorts(options.config)
  const catalog = await loadPluginCatalog(config.plugins)
  const kongLog = createKongLog(log)
  // Checks sources and never runs them: this process holds the configuration.
  const engine = createFunctionEngine(config, { log: kongLog })
  const store = options.openStore?.(catalog.entities) ?? openStore(config, catalog.entities)
  const identity = readIdentity(config)
  const pool =
    config.workers === 0
      ? createLocalPool(createGateway({ config, identity, log, catalog }))
      : createWorkerPool(config, identity, log)
  const trials = createTrialPool(config)
  const plugins = describePlugins(catalog, engine)
  const source =
    options.openStore === undefined
      ? declarativeSource(config, { store, plugins, entities: catalog.entities })
      : undefined
  const listeners: AdminListener[] = []
  const stop = async (graceMs: number): Promise<void> => {
    await Promise.all(listeners.map((listener) => listener.close()))
    trials.close()
    await pool.stop(graceMs)
    await store.close()
  }
  try {
    const first = await source?.load()
    await pool.start(await store.readAll())
    const publication: Publication = { problem: undefined }
    const publish = createPublisher(async () => {
      const entities: Configuration = await store.readAll()
      try {
        await pool.publish(entities)
        publication.problem = undefined
      } catch (error) {
        publication.problem = (error as Error).message
        throw error
      }
      keepConfigured(pool.totals, entities)
    })
    const isReadOnly = source !== undefined
    const parts = { config, identity, store, pool, trials, log, catalog, engine, plugins }
    const admin = createAdmin({ ...parts, publish, publication, isReadOnly })
    listeners.push(
      await listenAdmin('admin_listen', config.admin_listen, {
        handler: admin,
        certificate: () => loadDefaultCertificate(config, 'admin_ssl_cert'),
        openLog: () => openAccessLog('admin_access_log', config, kongLog),
      }),
    )
    const statusApi = createStatusApi(admin, () =>
      renderMetrics(pool.totals, {
        nodeId: identity.nodeId,
        version: VERSION,
        workers: pool.counts(),
        isRefused: publication.problem !== undefined,
      }),
    )
    listeners.push(
      await listenAdmin('status_listen', config.status_listen, {
        handler: statusApi,
        certificate: () => loadDefaultCertificate(config, 'status_ssl_cert'),
        openLog: () => openAccessLog('status_access_log', config, kongLog),
      }),
    )
    return {
      admin,
      proxyAddresses: config.proxy_listen.map(({ host, port }) => formatAddress(host, port)),
      adminAddresses: listeners[0]?.addresses ?? [],
      statusAddresses: listeners[1]?.addresses ?? [],
      get workerPids() {
        return pool.pids
      },
      ...(source !== undefined &&
        first !== undefined && { declarative: controlOf(source, first, publish) }),
      reopenLogs() {
        pool.reopenLogs()
        for (const listener of listeners) listener.reopenLog()
      },
      stop,
    }
  } catch (error) {
    await stop(0)
    throw error
  }
}

/** Where `database` is off, and a file is named. */
function declarativeSource(
  config: GatewayConfig,
  needs: Omit<Parameters<typeof createDeclarativeSource>[0], 'config' | 'file'>,
): DeclarativeSource | undefined {
  const { database, declarative_config: file } = config
  if (database !== 'off' || file === null) return undefined
  return createDeclarativeSource({ config, file, ...needs })
}

function controlOf(
  source: DeclarativeSource,
  first: LoadedDeclarative,
  publish: () => Promise<void>,
): DeclarativeControl {
  return {
    get files() {
      return source.files
    },
    first,
    async reload() {
      const loaded = await source.load()
      if (loaded.changes.length === 0) return loaded
      try {
        await publish()
      } catch (error) {
        // What cannot be served is not to be shown by the Admin API either.
        await source.undo()
        // Some workers may serve it all the same, and `/status` tells of it.
        await publish().catch(() => {})
        throw error
      }
      return loaded
    },
  }
}

/** What came of publishing the last configuration. */
interface Publication {
  problem: string | undefined
}

interface AdminParts {
  readonly config: GatewayConfig
  readonly identity: NodeIdentity
  readonly store: Store
  readonly pool: WorkerPool
  readonly trials: TrialPool
  readonly log: OperatorLog
  readonly catalog: PluginCatalog
  readonly engine: FunctionEngine
  readonly plugins: ReturnType<typeof describePlugins>
  readonly publish: () => Promise<void>
  readonly publication: Readonly<Publication>
  readonly isReadOnly: boolean
}

function createAdmin(parts: AdminParts): AdminApi {
  const { config, identity, store, pool, trials, log, catalog, engine, plugins, publish } = parts
  return createAdminApi({
    store,
    entities: catalog.entities,
    plugins,
    published: () => publish().then(nothing, (error: unknown) => notServed(error, log)),
    node: {
      id: identity.nodeId,
      hostname: hostname(),
      version: VERSION,
      configuration: maskSecrets(config),
      status: (format) =>
        nodeStatus({ workers: pool.counts(), totals: pool.totals, ...parts.publication }, format),
      pids: () => ({ master: process.pid, workers: pool.pids }),
    },
    guiOrigins: config.admin_gui_url,
    isLoopback: config.admin_listen.every(({ host }) => isLoopback(host)),
    allowedHosts: config.admin_allowed_hosts,
    isReadOnly: parts.isReadOnly,
    check: checkRow,
    warnings: exitTransformerWarnings,
    endpoints: trialEndpoints({
      engine,
      store,
      trials,
      exits: (size) => pool.exits(size),
      workers: () => pool.counts(),
    }),
    onError: (error) => log.error({ problem: String(error) }, 'the Admin API failed'),
  })
}

function nothing(): undefined {
  return undefined
}

/** For whoever has just written it. Nothing is undone: others may have written meanwhile. */
function notServed(error: unknown, log: OperatorLog): readonly string[] {
  log.error({ problem: String(error) }, 'a configuration was saved and could not be published')
  return [`saved, but not served: ${(error as Error).message}`]
}
