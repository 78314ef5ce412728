import type { X509Certificate } from 'node:crypto'
import type { TLSSocket } from 'node:tls'
import type { TlsFacts } from '@postern/plugin-runtime'
import type { Connection } from '../listener/listener.ts'

/** What plugins see of the TLS of a connection; undefined without TLS. Read where it is asked for. */
export function tlsFactsOf(connection: Connection): TlsFacts | undefined {
  return connection.scheme === 'http' ? undefined : new ConnectionTlsFacts(connection)
}

class ConnectionTlsFacts implements TlsFacts {
  readonly #connection: Connection

  constructor(connection: Connection) {
    this.#connection = connection
  }

  get version(): string {
    return this.#connection.tls?.protocol ?? ''
  }

  get cipher(): string {
    return this.#connection.tls?.cipher ?? ''
  }

  /** The codes are those of OpenSSL: `FAILED:DEPTH_ZERO_SELF_SIGNED_CERT`. */
  get clientVerify(): string {
    const socket = this.#connection.tls?.socket
    if (certificateOf(socket) === undefined) return 'NONE'
    return socket?.authorized === true ? 'SUCCESS' : `FAILED:${String(socket?.authorizationError)}`
  }

  get clientCertificateChain(): string | undefined {
    let certificate = certificateOf(this.#connection.tls?.socket)
    if (certificate === undefined) return undefined
    let chain = ''
    // An authority that is its own issuer is where a chain ends.
    for (let length = 0; certificate !== undefined && length < MAX_CHAIN; length++) {
      chain += certificate.toString()
      const issuer: X509Certificate | undefined = certificate.issuerCertificate
      certificate = issuer?.fingerprint256 === certificate.fingerprint256 ? undefined : issuer
    }
    return chain
  }
}

/** OpenSSL refuses longer ones unless told otherwise. */
const MAX_CHAIN = 100

function certificateOf(socket: TLSSocket | undefined): X509Certificate | undefined {
  return socket?.getPeerX509Certificate()
}
