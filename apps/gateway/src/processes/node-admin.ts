import { hostname } from 'node:os'
import { type AdminApi, createAdminApi } from '@postern/admin-api'
import { exitTransformerWarnings } from '@postern/exit-transformer'
import type { Store } from '@postern/store'
import { checkRow } from '../check-row.ts'
import type { GatewayConfig } from '../config/gateway-config.ts'
import { maskSecrets } from '../config/mask-secrets.ts'
import { trialEndpoints } from '../exit-trials/trial-endpoints.ts'
import type { TrialPool } from '../exit-trials/trial-pool.ts'
import type { FunctionEngine } from '../functions/function-engine.ts'
import { isLoopback } from '../is-loopback.ts'
import type { NodeIdentity } from '../node-identity.ts'
import type { OperatorLog } from '../operator-log.ts'
import type { PluginCatalog } from '../plugin-catalog.ts'
import type { describePlugins } from '../plugin-descriptions.ts'
import { VERSION } from '../version.ts'
import { nodeStatus } from './node-status.ts'
import type { Publication } from './publication.ts'
import type { WorkerPool } from './worker-pool.ts'

/** What the Admin API of a node is made of. */
export interface NodeAdminParts {
  readonly config: GatewayConfig
  readonly identity: NodeIdentity
  readonly store: Store
  readonly pool: WorkerPool
  readonly trials: TrialPool
  readonly log: OperatorLog
  readonly catalog: PluginCatalog
  readonly engine: FunctionEngine
  readonly plugins: ReturnType<typeof describePlugins>
  readonly publication: Publication
  /** A file holds the configuration. */
  readonly isReadOnly: boolean
}

/** Makes the Admin API of this node. */
export function createNodeAdmin(parts: NodeAdminParts): AdminApi {
  const { config, identity, store, pool, trials, log, catalog, engine, plugins } = parts
  const { publication } = parts
  return createAdminApi({
    store,
    entities: catalog.entities,
    plugins,
    published: () => publication.publish().then(nothing, (error: unknown) => notServed(error, log)),
    node: {
      id: identity.nodeId,
      hostname: hostname(),
      version: VERSION,
      configuration: maskSecrets(config),
      status: (format) => {
        const { problem } = publication
        return nodeStatus({ workers: pool.counts(), totals: pool.totals, problem }, format)
      },
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
