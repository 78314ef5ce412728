import type { HeaderList } from '@postern/pdk-response'

/** What is known of a request when it arrives. Never changes. */
export interface RequestFacts {
  /** 32 lower-case hex digits. */
  readonly id: string
  readonly method: string
  /** As received: path and query. */
  readonly target: string
  /** As received, without query. */
  readonly rawPath: string
  /** After the question mark; empty when there is none. */
  readonly rawQuery: string
  /** The path without dot segments and needless escapes, for matching. */
  readonly path: string
  /** 1, 1.1 or 2. */
  readonly httpVersion: number
  readonly scheme: 'http' | 'https'
  /** Host without port, in lower case; empty when there is none. */
  readonly host: string
  /** The port that clients see (`port_maps`). */
  readonly port: number
  readonly headers: HeaderList
  readonly peerAddress: string
  readonly peerPort: number
  /** Of the client behind trusted proxies; the peer's where there are none. */
  readonly clientAddress: string
  readonly clientPort: number
  /** Of the socket that listens. */
  readonly localPort: number
  readonly startedAtMs: number
  readonly sni: string | undefined
  /** Of a connection with TLS, as far as the host knows. */
  readonly tls?: TlsFacts | undefined
}

/** What is known of the TLS of a client's connection. */
export interface TlsFacts {
  /** For example `TLSv1.3`. */
  readonly version: string
  /** For example `TLS_AES_256_GCM_SHA384`. */
  readonly cipher: string
  /** `NONE`, `SUCCESS` or `FAILED:reason`, of the client's certificate. */
  readonly clientVerify: string
  /** The client's certificates as PEM, its own first; undefined when it sent none. */
  readonly clientCertificateChain: string | undefined
  /** Asks the client for its certificate, in the handshake. Not there where the host cannot. */
  readonly requestClientCertificate?: (() => void) | undefined
  /** Makes the client's next connection shake hands in full. Not there where the host cannot. */
  readonly disableSessionReuse?: (() => void) | undefined
}

/** What the Service answered, before anything of it was changed. */
export interface ServiceResponse {
  readonly status: number
  readonly headers: HeaderList
  /** Set when the response is buffered. */
  readonly body: Uint8Array | undefined
}

/** The parts of a path that a regular expression of a Route captured. */
export interface UriCaptures {
  readonly unnamed: readonly string[]
  readonly named: Readonly<Record<string, string>>
}
