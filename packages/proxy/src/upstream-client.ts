import type { Duplex, Readable } from 'node:stream'
import type { SecureContext } from 'node:tls'
import type { FieldMemo, PreparedFields } from '@postern/http1'

/**
 * The body of a request on its way to a Service: bytes that are there already, or a source that is
 * read as fast as the Service takes it. A source is read once, and never destroyed by a client.
 */
export type BodySource = Uint8Array | Readable | AsyncIterable<Uint8Array>

/** One request to one address. */
export interface UpstreamRequest {
  readonly scheme: 'http' | 'https'
  /** Name or address to connect to; IPv6 without brackets. */
  readonly host: string
  readonly port: number
  /** Name in the TLS handshake and in the certificate. The host unless set. */
  readonly serverName?: string
  readonly method: string
  /** With its query. */
  readonly path: string
  /** Name, value, name, value: with Host, and as `requestHeaders` makes them. */
  readonly headers: readonly string[]
  /** Sent besides the other headers: fields of other names, written before. */
  readonly prepared?: PreparedFields | undefined
  readonly body: BodySource | undefined
  /**
   * Trailer fields to send behind a streamed body, name, value, name, value. Called once the body has
   * come to its end. A client that cannot send trailers leaves them out.
   */
  readonly trailers?: () => readonly string[]
  /** At least 1, in milliseconds, for the connection to stand. */
  readonly connectTimeoutMs: number
  /** At least 1, in milliseconds, between two writes. */
  readonly writeTimeoutMs: number
  /** At least 1, in milliseconds, between two reads; the first one counts from the request sent. */
  readonly readTimeoutMs: number
  /** Whether the certificate of the Service must be valid. Not checked unless true, as in Kong. */
  readonly tlsVerify?: boolean
  /** Authorities between the Service and the trusted one, where `tlsVerify` is set. Any number unless set. */
  readonly tlsVerifyDepth?: number
  /**
   * What is shown to the Service, and who is trusted: made by `tls.createSecureContext`, once for
   * many requests, as those with the same one share connections. Nothing is shown unless set, and
   * those are trusted whom Node trusts.
   */
  readonly secureContext?: SecureContext
  /** Protocol to switch to, `websocket`. The answer is then `onUpgrade`, or an ordinary one. */
  readonly upgrade?: string
}

/**
 * Hears of one exchange, in this order: `onInformation` any number of times; then either
 * `onUpgrade`, or `onHead`, `onData` any number of times and `onEnd`; `onError` ends it at any
 * point. Nothing follows `onEnd`, `onError`, `onUpgrade` or an abort. Nothing is called before
 * `send` has returned.
 */
export interface UpstreamHandler {
  /**
   * Says that this handler has no use for a chunk any more when `onData` has answered true, because
   * it has all been written. A client may use the memory again then.
   */
  readonly borrowsData?: boolean
  /** A 1xx answer other than 101. */
  onInformation?(status: number, rawHeaders: readonly string[]): void
  /**
   * @param reason the text after the status, `''` where there is none or it cannot be sent on
   * @param memo the same object for all responses of a connection as long as their heads, and with them
   *   `rawHeaders`, are repeated: what was worked out about them can be kept here. Absent where the
   *   client does not look for that
   */
  onHead(status: number, rawHeaders: readonly string[], reason: string, memo?: FieldMemo): void
  /**
   * Answers false to be given no more until `resume`. The chunk may be kept; where `borrowsData` is
   * set, one of `LENT_BYTES` (of @postern/http1) or more only when the answer is false.
   */
  onData(chunk: Uint8Array): boolean
  /**
   * What has come together with the head was handed over, and the response goes on. May be called
   * after later chunks as well.
   */
  onRead?(): void
  onEnd(rawTrailers: readonly string[]): void
  onError(failure: UpstreamFailure): void
  /** Only for a request with `upgrade`. The handler owns the socket from here. */
  onUpgrade?(status: number, rawHeaders: readonly string[], socket: Duplex): void
}

/** The handle on a running exchange. Both calls do nothing once it is over. */
export interface UpstreamExchange {
  /** Takes up the response again after `onData` answered false. */
  resume(): void
  /** Ends the exchange and its connection. The handler hears nothing more. */
  abort(): void
}

/** Speaks HTTP to Services, over kept connections. */
export interface UpstreamClient {
  send(request: UpstreamRequest, handler: UpstreamHandler): UpstreamExchange
  /** Ends all connections; running exchanges fail with `aborted`. */
  close(): Promise<void>
}

/** Why there is no (whole) answer. */
export interface UpstreamFailure {
  /**
   * - `connect`: refused, unreachable, or the TLS handshake or certificate failed
   * - `connect-timeout`, `timeout`: nothing for as long as the Service's timeouts allow
   * - `dns`: the name does not resolve
   * - `reset`: the connection ended early
   * - `invalid`: what came is no HTTP/1.1 answer, or cannot be sent on
   * - `body`: the source of the request body failed
   * - `no-address`: there was nowhere to send it, from `sendWithRetries` only
   * - `aborted`: the client was closed
   */
  readonly kind:
    | 'connect'
    | 'connect-timeout'
    | 'timeout'
    | 'reset'
    | 'invalid'
    | 'dns'
    | 'body'
    | 'no-address'
    | 'aborted'
  readonly message: string
  /** Whether bytes of the request may have reached the Service. */
  readonly sent: boolean
  readonly cause?: unknown
}
