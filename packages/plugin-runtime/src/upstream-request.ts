import type { KeyObject, X509Certificate } from 'node:crypto'
import type { HeaderList } from '@postern/pdk-response'

/** Times in milliseconds that a Service is given. */
export interface UpstreamTimeouts {
  connectMs: number
  writeMs: number
  readMs: number
}

/**
 * The request as the Service is going to get it. Set by the host once a Route is known, changed by
 * `kong.service` and `kong.service.request`, read when the request is proxied.
 */
export interface UpstreamRequest {
  scheme: string
  /** To connect to: a name, an address, or the name of an Upstream. */
  host: string
  port: number
  /** What Host says to the Service; undefined: what `preserve_host` asks for. */
  hostHeader: string | undefined
  method: string
  /** Escaped for the wire, without query. Empty until a Route is known. */
  path: string
  /** Without the question mark. */
  query: string
  headers: HeaderList
  /** Set when a plugin replaced the body; undefined: the client's is streamed. */
  body: Uint8Array | undefined
  timeouts: UpstreamTimeouts
  retries: number
  /** Undefined: as the Service says. */
  tlsVerify: boolean | undefined
  tlsVerifyDepth: number | undefined
  /** What the gateway shows to the Service. Undefined: as the Service says. */
  tlsCertificate: ClientCertificate | undefined
  /** Authorities instead of the usual ones. Undefined: as the Service says. */
  tlsVerifyStore: readonly X509Certificate[] | undefined
  /** Asked before each retry, where a plugin decides. Nothing answered: no more retries. */
  retryCallback: RetryCallback | undefined
  /** The response is read as a whole before the client gets any of it. */
  buffering: boolean
}

/** A certificate of the gateway itself, with its key. */
export interface ClientCertificate {
  /** Its own first. */
  readonly chain: readonly X509Certificate[]
  readonly key: KeyObject
}

/** Tells where to try next. */
export type RetryCallback = () => { readonly host: string; readonly port: number } | undefined

/** Kong's defaults of a Service. */
export const DEFAULT_TIMEOUTS: Readonly<UpstreamTimeouts> = {
  connectMs: 60_000,
  writeMs: 60_000,
  readMs: 60_000,
}
