import type { AdminApi } from '@postern/admin-api'
import type { EntitySchema } from '@postern/schema'
import type { Store } from '@postern/store'
import { openAccessLog } from '../access-log/open-access-log.ts'
import { type AdminListener, formatAddress, listenAdmin } from '../admin-listener.ts'
import type { GatewayConfig } from '../config/gateway-config.ts'
import {
  createDeclarativeSource,
  type DeclarativeSource,
} from '../declarative/declarative-source.ts'
import { createTrialPool } from '../exit-trials/trial-pool.ts'
import { createFunctionEngine } from '../functions/function-engine.ts'
import { createGateway } from '../gateway.ts'
import { createKongLog } from '../kong-log.ts'
import { readIdentity } from '../node-identity.ts'
import { renderMetrics } from '../metrics/render-metrics.ts'
import type { OperatorLog } from '../operator-log.ts'
import { openStore } from '../open-store.ts'
import { loadPluginCatalog } from '../plugin-catalog.ts'
import { describePlugins } from '../plugin-descriptions.ts'
import { createStatusApi } from '../status-api.ts'
import { loadDefaultCertificate } from '../tls/default-certificate.ts'
import { VERSION } from '../version.ts'
import { claimPorts } from './claim-ports.ts'
import { createDeclarativeControl, type DeclarativeControl } from './declarative-control.ts'
import { createLocalPool } from './local-pool.ts'
import { createNodeAdmin } from './node-admin.ts'
import { createPublication, type Publication } from './publication.ts'
import { createWorkerPool } from './worker-pool.ts'

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
  const parts = await openParts(options)
  const { config, pool, store, source } = parts
  const listeners: AdminListener[] = []
  const stop = async (graceMs: number): Promise<void> => {
    await Promise.all(listeners.map((listener) => listener.close()))
    parts.trials.close()
    await pool.stop(graceMs)
    await store.close()
  }
  try {
    const first = await source?.load()
    await pool.start(await store.readAll())
    const publication = createPublication(store, pool)
    const admin = createNodeAdmin({ ...parts, publication, isReadOnly: source !== undefined })
    listeners.push(await serveAdmin(admin, parts))
    listeners.push(await serveStatus(admin, parts, publication))
    return {
      admin,
      proxyAddresses: config.proxy_listen.map(({ host, port }) => formatAddress(host, port)),
      adminAddresses: listeners[0]?.addresses ?? [],
      statusAddresses: listeners[1]?.addresses ?? [],
      get workerPids() {
        return pool.pids
      },
      ...(source !== undefined &&
        first !== undefined && {
          declarative: createDeclarativeControl(source, first, { ...parts, publication }),
        }),
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

type Parts = Awaited<ReturnType<typeof openParts>>

/** What the process is made of, before anything of it serves. */
async function openParts(options: SupervisorOptions) {
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
  return { config, log, kongLog, catalog, engine, store, identity, pool, trials, plugins, source }
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

function serveAdmin(admin: AdminApi, { config, kongLog }: Parts): Promise<AdminListener> {
  return listenAdmin('admin_listen', config.admin_listen, {
    handler: admin,
    certificate: () => loadDefaultCertificate(config, 'admin_ssl_cert'),
    openLog: () => openAccessLog('admin_access_log', config, kongLog),
  })
}

/** A part of the Admin API that can be shown to more people, and the metrics. */
function serveStatus(
  admin: AdminApi,
  { config, kongLog, pool, identity }: Parts,
  publication: Publication,
): Promise<AdminListener> {
  const metrics = () =>
    renderMetrics(pool.totals, {
      nodeId: identity.nodeId,
      version: VERSION,
      workers: pool.counts(),
      isRefused: publication.problem !== undefined,
    })
  return listenAdmin('status_listen', config.status_listen, {
    handler: createStatusApi(admin, metrics),
    certificate: () => loadDefaultCertificate(config, 'status_ssl_cert'),
    openLog: () => openAccessLog('status_access_log', config, kongLog),
  })
}
