import type { Consumer } from '@postern/entities'
import type { Cache } from './cache.ts'
import type { TelemetryRecord } from './pdk/telemetry-pdk.ts'
import type { Tracing } from './pdk/tracing-pdk.ts'

/** What the PDK tells about the node it runs on. One object for all requests. */
export interface NodeFacts {
  /** A UUID. */
  readonly id: string
  readonly hostname: string
  readonly version: string
  /** `configuration` as plugins may read it: no secrets. */
  readonly configuration: Readonly<Record<string, unknown>>
  /** Whether an address belongs to `trusted_ips`. */
  isTrusted(address: string): boolean
  /** Whether an Upstream of that name exists. */
  hasUpstream(name: string): boolean
  /** A Consumer by id or, with `username`, by name. */
  loadConsumer(key: string, by: 'id' | 'username'): ConsumerLookup

  // What follows may be missing: the functions over it then say so.

  /** Of the cluster: a UUID. */
  readonly clusterId?: string | undefined
  /** Default `http`. */
  readonly subsystem?: 'http' | 'stream' | undefined
  /**
   * `kong.cache`, made by `createCache` once for the process. Without it there is one for each
   * NodeFacts, which is lost when a configuration is published with new ones.
   */
  readonly cache?: Cache | undefined
  /** The environment as `{vault://env/NAME}` may read it. Without it, it is closed. */
  readonly env?: ((name: string) => string | undefined) | undefined
  /** Without it, tracing is off. */
  readonly tracing?: Tracing | undefined
  /** Takes what `kong.telemetry.log` is given. */
  readonly telemetry?: ((record: TelemetryRecord) => void) | undefined
  /** Counters for `kong.nginx.getStatistics`. */
  readonly statistics?: (() => ConnectionStatistics) | undefined
  /** For `kong.node.getMemoryStats`. Default: the heap of this process. */
  readonly memory?: (() => MemoryFacts) | undefined
}

/** Connections and requests, under the names of nginx. */
export interface ConnectionStatistics {
  readonly connections_active: number
  readonly connections_reading: number
  readonly connections_writing: number
  readonly connections_waiting: number
  readonly connections_accepted: number
  readonly connections_handled: number
  readonly total_requests: number
}

/** Memory in use. */
export interface MemoryFacts {
  readonly workers: readonly { readonly pid: number; readonly heapBytes: number }[]
  /** What the workers share, by name. */
  readonly shared?: Readonly<
    Record<string, { readonly capacityBytes: number; readonly usedBytes: number }>
  >
}

/** Synchronous where consumers are in memory. */
export type ConsumerLookup = Consumer | undefined | Promise<Consumer | undefined>
