import { connect as connectPlain, isIP, type OnReadOpts, type Socket } from 'node:net'
import { connect as connectSecure, type SecureContext, type TLSSocket } from 'node:tls'
import type { Lookup } from './cached-lookup.ts'
import { checkDepth } from './check-depth.ts'
import type { ClientRequest } from './client-request.ts'

/** Everything that a connection depends on: requests that agree in it share connections. */
export interface Address {
  readonly scheme: 'http' | 'https'
  readonly host: string
  readonly port: number
  /** Empty for an IP address without a name: the handshake then names none. */
  readonly serverName: string
  readonly tlsVerify: boolean
  readonly tlsVerifyDepth: number | undefined
  readonly secureContext: SecureContext
}

/** What a connection is opened with, besides its address. */
export interface ConnectOptions {
  readonly lookup: Lookup
  /** Without it the socket is an ordinary stream. */
  readonly onread: OnReadOpts | undefined
  /** Of an earlier connection to the same address, which saves most of the handshake. */
  readonly session: Buffer | undefined
}

/**
 * Starts a connection.
 *
 * A name with several addresses is tried as RFC 8305 says, by Node: most of the time that is two
 * kinds of localhost.
 */
export function connect(address: Address, options: ConnectOptions): Socket | TLSSocket {
  const { host, port, scheme, serverName, tlsVerify, tlsVerifyDepth, secureContext } = address
  const { lookup, onread, session } = options
  const common = {
    host,
    port,
    noDelay: true,
    // Finds a dead peer behind a connection that waits for a slow answer.
    keepAlive: true,
    keepAliveInitialDelay: 60_000,
    // Said, as a flag of the process can turn it off, and `lookup` answers lists.
    autoSelectFamily: true,
    lookup: lookup as never,
    ...(onread !== undefined && { onread }),
  }
  if (scheme === 'http') return connectPlain(common)
  return connectSecure({
    ...common,
    servername: serverName,
    rejectUnauthorized: tlsVerify,
    secureContext,
    ...(tlsVerifyDepth !== undefined && { checkServerIdentity: checkDepth(tlsVerifyDepth) }),
    ALPNProtocols: ['http/1.1'],
    ...(session !== undefined && { session }),
  })
}

/** An address is no name: RFC 6066, 3 has no place for it, and Node warns of it. */
export function serverNameOf({ serverName, host }: ClientRequest): string {
  const name = serverName ?? host
  return isIP(name) === 0 ? name : ''
}
