import type { Duplex, Readable } from 'node:stream'
import type { Server, TLSSocket, TlsOptions } from 'node:tls'
import type { FieldMemo, PreparedFields } from '@postern/http1'

/** What is known of a connection before a request is read from it. */
export interface Connection {
  readonly scheme: 'http' | 'https'
  readonly peerAddress: string
  readonly peerPort: number
  readonly localAddress: string
  readonly localPort: number
  /** Server name of the TLS handshake. */
  readonly serverName: string | undefined
  /** What was agreed on in the handshake; absent without TLS. Read it only where it is needed. */
  readonly tls?: ConnectionTls | undefined
}

/** What client and listener agreed on in the TLS handshake. */
export interface ConnectionTls {
  /** For example `TLSv1.3`. */
  readonly protocol: string
  /** For example `TLS_AES_256_GCM_SHA384`. */
  readonly cipher: string
  /** For what the client has shown of itself. To be read only. */
  readonly socket: TLSSocket
}

/**
 * One request and the place for its answer, whatever engine reads and writes the bytes.
 *
 * The engine has checked the framing of the request; everything else is still what the client sent.
 */
export interface Exchange {
  readonly connection: Connection
  readonly method: string
  /** The request target as received. */
  readonly target: string
  /** `1.0` or `1.1`. */
  readonly httpVersion: string
  /** Name, value, name, value, as received. */
  readonly rawHeaders: readonly string[]
  /**
   * The same object for all requests of a connection as long as their fields, and with them
   * `rawHeaders`, are repeated: what was worked out about them can be kept here.
   */
  readonly memo?: FieldMemo | undefined
  /** Absent when the request has no body. */
  readonly body: Readable | undefined
  /** Trailer fields, as `rawHeaders`; complete once the body has been read to its end. */
  readonly rawTrailers?: readonly string[]
  /** True when the client asked to speak another protocol and the engine is able to. */
  readonly canUpgrade: boolean
  /** Bytes that have come from the client for this exchange so far, its head included. */
  readonly bytesRead: number
  /** Bytes that have gone to the client for it so far, heads included. */
  readonly bytesWritten: number

  /**
   * Sends the head of the answer.
   *
   * @param headers name, value, name, value
   * @param prepared fields of other names that go before them
   */
  sendHead(status: number, headers: readonly string[], prepared?: PreparedFields): void
  /** Sends an interim answer (1xx). */
  sendInformation(status: number, headers: readonly string[]): void
  /** Whether the memory of a chunk may be used again when `write` has answered true. */
  readonly borrowsData?: boolean
  /** Sends a piece of the body. Answers false when the client is slow: `onDrain` of the listener tells when to go on. */
  write(chunk: Uint8Array | string): boolean
  /** @param trailers name, value, name, value; left out where the framing has no place for them */
  end(chunk?: Uint8Array | string, trailers?: readonly string[]): void
  /**
   * Does work that sends the answer, where the engine does not run: it looks at what was sent when the
   * work returns, and not later.
   */
  run?(work: () => void): void
  /** Cuts the connection, so that the client sees that the answer is not whole. */
  abort(): void
  /** Answers 101 and hands the connection over, with what the client has already sent on it. */
  upgrade(headers: readonly string[]): Duplex

  /** Hears when `write` may be used again, and when the exchange is over. */
  listener: ExchangeListener | undefined
}

/** Hears of an exchange. An object and not functions: see `ExchangeListener` of http1. */
export interface ExchangeListener {
  /** `write` may be used again. */
  onDrain?(): void
  /** Called once, when the answer has left or the client has gone. */
  onClose?(finished: boolean): void
}

/** A message that could not be read as a request. */
export interface Refusal {
  /** 400, 408, 414 or 431. */
  readonly status: number
  /** For the log. */
  readonly problem: string
}

/** Limits on what a client may send. */
export interface ListenerLimits {
  /** Largest head of a request in bytes; beyond it 431. */
  readonly maxHeadBytes: number
  /** How long a client may take to send the head, in milliseconds; then 408. */
  readonly headTimeoutMs: number
  /**
   * How long a client may send nothing of a body that is waited for, in milliseconds; then 408, or a
   * cut connection where the answer has begun. Time in which the Service takes nothing is not the
   * client's. Unlimited unless set.
   */
  readonly bodyIdleTimeoutMs?: number
  /** How long a client may take nothing of an answer, in milliseconds; then it is cut. Unlimited unless set. */
  readonly sendIdleTimeoutMs?: number
  /** How long an idle connection is kept, in milliseconds. */
  readonly keepAliveTimeoutMs: number
  /** Requests on one connection. */
  readonly maxRequestsPerConnection: number
}

export interface ListenerOptions {
  readonly limits: ListenerLimits
  readonly onExchange: (exchange: Exchange) => void
  /** The exchange has no method, target or headers then; an answer closes the connection. */
  readonly onRefused: (exchange: Exchange, refusal: Refusal) => void
}

export interface ListenAddress {
  readonly host: string
  /** 0 lets the system choose. */
  readonly port: number
  /** Several processes may listen on the same address and share its connections. */
  readonly reusePort?: boolean
  /** Speaks TLS here. Absent: plain HTTP. */
  readonly tls?: ListenTls
}

/** How a listener shows itself in TLS handshakes. */
export interface ListenTls {
  /**
   * For `tls.createServer` or `https.createServer`, as they are: versions, ciphers, `ALPNProtocols`,
   * the certificate of clients that name no server, and `SNICallback` for those that do. A handshake
   * that takes longer than `handshakeTimeout` is cut.
   */
  readonly options: TlsOptions
  /** Keeps the server's own certificate current until the server closes. Called once, when it listens. */
  attach(server: Server): void
}

/** What a listener has done since it was made, and does now. */
export interface ListenerCounts {
  /** Connections that were accepted. */
  readonly accepted: number
  /** Connections that are open. */
  readonly active: number
  /** Requests that were read. */
  readonly requests: number
  /** Requests that are being answered. */
  readonly answering: number
}

/** The engine that accepts connections, reads requests and writes answers. */
export interface Listener {
  readonly counts: ListenerCounts
  /** Answers the port that is listened on. Rejects with the system's error, `EADDRINUSE` for one. */
  listen(address: ListenAddress): Promise<number>
  /**
   * Stops accepting, closes idle connections, and lets answers that are under way end for
   * `graceMs`; what is left then is cut.
   */
  close(graceMs: number): Promise<void>
}
