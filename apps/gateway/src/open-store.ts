import path from 'node:path'
import type { EntitySchema } from '@postern/schema'
import { createMemoryStore, createSqliteStore, type Store } from '@postern/store'
import type { GatewayConfig } from './config/gateway-config.ts'
import { gatewayErrors } from './errors.ts'
import { makeFolder } from './make-folder.ts'

/**
 * Opens the store that `database` names; that of `off` is empty, and filled from `declarative_config`
 * by the supervisor. Makes the folder of `prefix`, readable by its owner alone:
 * the store holds credentials.
 *
 * @throws POSTERN_GATEWAY_PREFIX_UNUSABLE, POSTERN_GATEWAY_NOT_YET for a database that is not there yet, and the errors of the store
 */
export function openStore(config: GatewayConfig, entities: readonly EntitySchema[]): Store {
  switch (config.database) {
    case 'sqlite':
      makeFolder(config.prefix)
      return createSqliteStore({ entities, file: path.join(config.prefix, 'postern.db') })
    case 'off':
      return createMemoryStore({ entities })
    case 'postgres':
      throw gatewayErrors.NOT_YET('database', 'postgres', 'use sqlite')
  }
}
