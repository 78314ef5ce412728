import type { EntitySchema, RecordSchema, Violations } from '@postern/schema'
import type { Entity, Reader, Store } from '@postern/store'
import type { Endpoint } from './endpoint.ts'

/** What the Admin API has to know of a plugin. */
export interface PluginDescription {
  readonly version: string
  readonly priority: number
  /** The plugin's own fields: `config`, and restrictions such as `consumer` and `protocols`. */
  readonly schema: RecordSchema
}

/** How `/status` is to write sizes of memory. */
export interface StatusFormat {
  readonly unit: 'b' | 'k' | 'm' | 'g'
  /** Digits behind the point. */
  readonly scale: number
}

/** The node that the Admin API belongs to. */
export interface NodeDescription {
  /** UUID. */
  readonly id: string
  readonly hostname: string
  readonly version: string
  /** Shown at `/`, so secrets have to be masked in it. */
  readonly configuration: Readonly<Record<string, unknown>>
  /** More for `/status`: `server` with its counters, `memory`, or `configuration_hash`. */
  readonly status?: (format: StatusFormat) => object
  /** Process ids for `/`; this process is the master unless told otherwise. */
  readonly pids?: () => { readonly master: number; readonly workers: readonly number[] }
}

/** What a Target's health is, as the process that checks it knows. */
export interface TargetHealth {
  readonly health: 'HEALTHY' | 'UNHEALTHY' | 'DNS_ERROR' | 'HEALTHCHECKS_OFF'
  /** More to show beside the Target, for example its addresses. */
  readonly data?: Readonly<Record<string, unknown>>
}

/** Whoever checks the health of Targets. */
export interface HealthSource {
  /** The health of one Target of an Upstream, or undefined when it is not known. */
  of(upstreamId: string, targetId: string): TargetHealth | undefined
  /** Sets a Target, or one of its addresses, healthy or not. False: nothing checks this Upstream. */
  set(upstreamId: string, targetId: string, address: string | undefined, health: boolean): boolean
}

/** Options of `createAdminApi`. */
export interface AdminApiOptions {
  readonly store: Store
  /** The entities of the store: those of every gateway, and those that plugins bring. */
  readonly entities: readonly EntitySchema[]
  /** By name; only these can be configured. */
  readonly plugins: ReadonlyMap<string, PluginDescription>
  /**
   * Called after each committed write; resolves when the change is served, or with what keeps it from
   * that, which goes out in X-Postern-Warning. The answer waits.
   */
  readonly published?: () => Promise<readonly string[] | undefined>
  readonly node: NodeDescription
  /** Largest request body in bytes; 10 MiB unless set. Beyond it the answer is 413. */
  readonly maxBodyBytes?: number
  /**
   * Origins of web pages that may use this API (the setting `admin_gui_url`). When there are none,
   * every page may read that the browser does not call cross-site.
   */
  readonly guiOrigins?: readonly string[]
  /**
   * True when the API is served on loopback addresses only. The `Host` of a request then has to be
   * an address, `localhost`, or one of `allowedHosts`.
   */
  readonly isLoopback?: boolean
  /** Further host names, without port, for `isLoopback`. */
  readonly allowedHosts?: readonly string[]
  /** True: everything can be read and checked, nothing can be written (a declarative gateway). */
  readonly isReadOnly?: boolean
  /**
   * What is wrong with a row that its schema takes, given what else is stored: answered with 400.
   * It is asked in the transaction that writes the row.
   */
  readonly check?: (entity: string, row: Entity, stored: Reader) => Promise<Violations | undefined>
  /** What to tell about a row that was written, although it is fine. Sent in X-Postern-Warning. */
  readonly warnings?: (entity: string, row: Entity) => readonly string[]
  /** Without it no Target is checked, and the health of each is HEALTHCHECKS_OFF. */
  readonly health?: HealthSource
  /** Further paths of the host. They are guarded, parsed and answered like all others. */
  readonly endpoints?: readonly Endpoint[]
  /** Told about faults that were answered with 500 or 503; to stderr unless set. */
  readonly onError?: (error: unknown) => void
}

/** The Admin API, ready to be mounted in anything that speaks fetch. */
export interface AdminApi {
  /** Answers a request; never rejects. */
  fetch(request: Request): Promise<Response>
}
