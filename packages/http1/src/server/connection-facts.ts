import type { Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'

/** What is known of a connection before a request is read from it. */
export interface ConnectionFacts {
  readonly scheme: 'http' | 'https'
  readonly peerAddress: string
  readonly peerPort: number
  readonly localAddress: string
  readonly localPort: number
  /** Server name of the TLS handshake. */
  readonly serverName: string | undefined
  /** What was agreed on in the handshake; absent without TLS. */
  readonly tls: TlsFacts | undefined
}

/** What client and server agreed on in the TLS handshake. */
export interface TlsFacts {
  /** For example `TLSv1.3`. */
  readonly protocol: string
  /** For example `TLS_AES_256_GCM_SHA384`. */
  readonly cipher: string
  /** For what the client has shown of itself. To be read only. */
  readonly socket: TLSSocket
}

/** Reads the facts of a socket when they are first asked for: an address costs a system call. */
export class SocketFacts implements ConnectionFacts {
  readonly #socket: Socket
  readonly scheme: 'http' | 'https'
  #peerAddress: string | undefined = undefined
  #localAddress: string | undefined = undefined

  constructor(socket: Socket) {
    this.#socket = socket
    this.scheme = (socket as TLSSocket).encrypted === true ? 'https' : 'http'
  }

  get peerAddress(): string {
    this.#peerAddress ??= withoutMapping(this.#socket.remoteAddress)
    return this.#peerAddress ?? ''
  }

  get peerPort(): number {
    return this.#socket.remotePort ?? 0
  }

  get localAddress(): string {
    this.#localAddress ??= withoutMapping(this.#socket.localAddress)
    return this.#localAddress ?? ''
  }

  get localPort(): number {
    return this.#socket.localPort ?? 0
  }

  get serverName(): string | undefined {
    const name = (this.#socket as TLSSocket & { servername?: string | false }).servername
    return typeof name === 'string' ? name : undefined
  }

  get tls(): TlsFacts | undefined {
    const socket = this.#socket as TLSSocket
    if (socket.encrypted !== true) return undefined
    return {
      protocol: socket.getProtocol() ?? '',
      cipher: socket.getCipher()?.standardName ?? '',
      socket,
    }
  }
}

/** `::ffff:127.0.0.1` is how a dual-stack socket writes `127.0.0.1`. */
function withoutMapping(address: string | undefined): string | undefined {
  return address?.startsWith('::ffff:') && address.includes('.') ? address.slice(7) : address
}
