import type { Consumer } from '@postern/entities'

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
}

/** Synchronous where consumers are in memory. */
export type ConsumerLookup = Consumer | undefined | Promise<Consumer | undefined>
