import { HeaderList } from '@postern/pdk-response'
import type { RequestFacts } from './request-facts.ts'

/** What handlers of the phase certificate wish for the handshake, as they go along. */
export interface HandshakeWishes {
  /** The client is asked for a certificate; it may send none, and nobody need vouch for it. */
  requestsCertificate: boolean
  /** The client's next connection has to shake hands in full. */
  forbidsReuse: boolean
}

/** What is known of a connection before TLS begins. */
export type HandshakeConnection = Pick<
  RequestFacts,
  'port' | 'peerAddress' | 'peerPort' | 'localPort' | 'startedAtMs' | 'sni'
>

/**
 * The facts for the phase certificate, in which there is no request yet: what plugins see is the
 * connection.
 *
 * @param wishes filled by the handlers
 */
export function handshakeFacts(
  connection: HandshakeConnection,
  wishes: HandshakeWishes,
): RequestFacts {
  const { port, peerAddress, peerPort, localPort, startedAtMs, sni } = connection
  return {
    ...NO_REQUEST,
    ...{ scheme: 'https', headers: new HeaderList(), port, peerAddress, peerPort },
    ...{ clientAddress: peerAddress, clientPort: peerPort, localPort, startedAtMs, sni },
    tls: {
      version: '',
      cipher: '',
      clientVerify: 'NONE',
      clientCertificateChain: undefined,
      requestClientCertificate: () => {
        wishes.requestsCertificate = true
      },
      disableSessionReuse: () => {
        wishes.forbidsReuse = true
      },
    },
  }
}

/** Outside a request the kit refuses what asks for one, by its phase. */
export const NO_REQUEST: RequestFacts = {
  id: '',
  method: '',
  target: '',
  rawPath: '',
  rawQuery: '',
  path: '',
  httpVersion: 0,
  scheme: 'http',
  host: '',
  port: 0,
  headers: new HeaderList(),
  peerAddress: '',
  peerPort: 0,
  clientAddress: '',
  clientPort: 0,
  localPort: 0,
  startedAtMs: 0,
  sni: undefined,
}
