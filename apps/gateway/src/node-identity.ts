import { randomUUID } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import type { GatewayConfig } from './config/gateway-config.ts'
import { makeFolder } from './make-folder.ts'

/** Who this gateway is, for logs and plugins. UUIDs. */
export interface NodeIdentity {
  readonly nodeId: string
  /** Of the gateways that share one configuration: with an embedded store there is just this one. */
  readonly clusterId: string
}

/**
 * The ids of this gateway: kept beside its store, so that they outlive a restart, as Kong's do. All
 * processes of the gateway have the same. Without a store on disk they are new at each start.
 *
 * @throws POSTERN_GATEWAY_PREFIX_UNUSABLE
 */
export function readIdentity({ database, prefix }: GatewayConfig): NodeIdentity {
  if (database !== 'sqlite') return newIdentity()
  makeFolder(prefix)
  const file = path.join(prefix, 'identity.json')
  const kept = keptIn(file)
  if (kept !== undefined) return kept
  const identity = newIdentity()
  writeFileSync(file, `${JSON.stringify(identity)}\n`, { mode: 0o600 })
  return identity
}

function newIdentity(): NodeIdentity {
  return { nodeId: randomUUID(), clusterId: randomUUID() }
}

/** A file that is not there, or not whole, is as good as none. */
function keptIn(file: string): NodeIdentity | undefined {
  try {
    const { nodeId, clusterId } = JSON.parse(readFileSync(file, 'utf8')) as Partial<NodeIdentity>
    return isUuid(nodeId) && isUuid(clusterId) ? { nodeId, clusterId } : undefined
  } catch {
    return undefined
  }
}

function isUuid(value: unknown): value is string {
  return typeof value === 'string' && /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(value)
}
