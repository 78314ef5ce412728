import type { Duplex, Readable } from 'node:stream'
import type { SecureContext } from 'node:tls'
import type { FieldMemo } from '../wire/field-memo.ts'
import type { PreparedFields } from '../wire/prepared-fields.ts'

/**
 * The body of a request: bytes that are there already, or a source that is read as fast as the
 * server takes it. A source is read once, and never destroyed.
 */
export type ClientBody = Uint8Array | Readable | AsyncIterable<Uint8Array>

/** One request to one address. */
export interface ClientRequest {
  readonly scheme: 'http' | 'https'
  /** Name or address to connect to; IPv6 without brackets. */
  readonly host: string
  readonly port: number
  /** Name in the TLS handshake and in the certificate. The host unless set. */
  readonly serverName?: string
  readonly method: string
  /** With its query. */
  readonly path: string
  /**
   * Name, value, name, value: with Host. What belongs to the connection or frames the body
   * (Connection, Keep-Alive, Upgrade, Expect, Transfer-Encoding) is left out and written anew; a
   * Content-Length counts where the body is a source.
   */
  readonly headers: readonly string[]
  /** Sent between Host and the other headers: fields of other names, written before. */
  readonly prepared?: PreparedFields | undefined
  readonly body: ClientBody | undefined
  /** Called when a body in chunks has ended: name, value, name, value to send behind it. */
  readonly trailers?: () => readonly string[]
  /** At least 1, in milliseconds, for the connection to stand; a wait for a free one included. */
  readonly connectTimeoutMs: number
  /** At least 1, in milliseconds, between two writes. */
  readonly writeTimeoutMs: number
  /**
   * At least 1, in milliseconds, between two reads; the first one counts from the request sent. A
   * head that has begun must be whole within the same time.
   */
  readonly readTimeoutMs: number
  /** Whether the certificate of the server must be valid. Not checked unless true. */
  readonly tlsVerify?: boolean
  /** Authorities between the server and the trusted one, where `tlsVerify` is set. Any number unless set. */
  readonly tlsVerifyDepth?: number
  /** Made by `tls.createSecureContext`; instead of the one of the client. */
  readonly secureContext?: SecureContext
  /** Protocol to switch to, `websocket`. The answer is then `onUpgrade`, or an ordinary one. */
  readonly upgrade?: string
}

/**
 * Hears of one exchange, in this order: `onInformation` any number of times; then either
 * `onUpgrade`, or `onHead`, `onData` any number of times and `onEnd`; `onError` ends it at any
 * point. Nothing follows `onEnd`, `onError`, `onUpgrade` or an abort. Nothing is called before
 * `send` has returned. A handler must not throw.
 */
export interface ClientHandler {
  /**
   * Says that this handler has no use for a chunk any more when `onData` has answered true, because
   * it has all been written. The memory is used again then, which halves the cost of large bodies.
   */
  readonly borrowsData?: boolean
  /** A 1xx answer other than 101. */
  onInformation?(status: number, rawHeaders: readonly string[]): void
  /**
   * @param reason the text after the status, `''` where there is none
   * @param memo the same object for all responses of the connection as long as their heads, and with
   *   them `rawHeaders`, are repeated: what was worked out about them can be kept here
   */
  onHead(status: number, rawHeaders: readonly string[], reason: string, memo: FieldMemo): void
  /**
   * Answers false to be given no more until `resume`. The chunk may be kept; where `borrowsData` is
   * set, one of `LENT_BYTES` or more only when the answer is false.
   */
  onData(chunk: Uint8Array): boolean
  /** What has come together with the head, or with a chunk, was handed over; not called at the end. */
  onRead?(): void
  onEnd(rawTrailers: readonly string[]): void
  onError(failure: ClientFailure): void
  /** Only for a request with `upgrade`. The handler owns the socket from here. */
  onUpgrade?(status: number, rawHeaders: readonly string[], socket: Duplex): void
}

/** The handle on a running exchange. Both calls do nothing once it is over. */
export interface ClientExchange {
  /** Takes up the response again after `onData` answered false. */
  resume(): void
  /** Ends the exchange and its connection. The handler hears nothing more. */
  abort(): void
}

/** Speaks HTTP/1.1 to servers, over kept connections. */
export interface Http1Client {
  send(request: ClientRequest, handler: ClientHandler): ClientExchange
  /** Ends all connections; running exchanges fail with `aborted`. */
  close(): Promise<void>
}

/**
 * Why there is no (whole) answer.
 *
 * - `connect`: refused, unreachable, or the TLS handshake or certificate failed
 * - `connect-timeout`, `timeout`: nothing for as long as the timeouts of the request allow
 * - `dns`: the name does not resolve
 * - `reset`: the connection ended early
 * - `invalid`: what came is no HTTP/1.1 answer, or the request cannot be written
 * - `body`: the source of the request body failed, or is not as long as its Content-Length
 * - `aborted`: the client was closed
 */
export type ClientFailureKind =
  | 'connect'
  | 'connect-timeout'
  | 'timeout'
  | 'reset'
  | 'invalid'
  | 'dns'
  | 'body'
  | 'aborted'

/** How an exchange failed. */
export interface ClientFailure {
  readonly kind: ClientFailureKind
  readonly message: string
  /** Whether bytes of the request may have reached the server. */
  readonly sent: boolean
  readonly cause?: unknown
}
