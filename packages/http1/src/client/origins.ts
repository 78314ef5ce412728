import type { SecureContext } from 'node:tls'
import { type Address, serverNameOf } from './connect.ts'
import type { ClientRequest } from './client-request.ts'
import { type ClientContext, Origin } from './origin.ts'

/** Origins without a connection that are remembered: their TLS sessions save handshakes. */
const MAX_EMPTY = 1000

/** Finds the connections that a request can use. */
export class Origins {
  /** By host and port. Text is put together for TLS only: it costs as much as the rest of `of`. */
  readonly #plain = new Map<string, Map<number, Origin>>()
  readonly #secure = new Map<string, Origin>()
  /** In the order in which they became empty. */
  readonly #empty = new Set<Origin>()
  readonly #contextIds = new WeakMap<SecureContext, number>()
  #lastContextId = 0
  readonly #context: ClientContext
  readonly #secureContext: SecureContext

  constructor(context: Omit<ClientContext, 'onEmpty'>, secureContext: SecureContext) {
    this.#context = { ...context, onEmpty: (origin, isEmpty) => this.#onEmpty(origin, isEmpty) }
    this.#secureContext = secureContext
  }

  of(request: ClientRequest): Origin {
    if (request.scheme === 'https') return this.#ofSecure(request)
    return this.#plain.get(request.host)?.get(request.port) ?? this.#addPlain(request)
  }

  #addPlain(request: ClientRequest): Origin {
    const { host, port } = request
    const byPort = this.#plain.get(host) ?? new Map<number, Origin>()
    this.#plain.set(host, byPort)
    const origin = new Origin(this.#addressOf(request), this.#context)
    byPort.set(port, origin)
    return origin
  }

  #ofSecure(request: ClientRequest): Origin {
    const address = this.#addressOf(request)
    const key = this.#keyOf(address)
    const known = this.#secure.get(key)
    if (known !== undefined) return known
    const origin = new Origin(address, this.#context)
    this.#secure.set(key, origin)
    return origin
  }

  #addressOf(request: ClientRequest): Address {
    const { scheme, host, port, tlsVerify, tlsVerifyDepth, secureContext } = request
    return {
      scheme,
      host,
      port,
      serverName: serverNameOf(request),
      tlsVerify: tlsVerify === true,
      tlsVerifyDepth,
      secureContext: secureContext ?? this.#secureContext,
    }
  }

  #keyOf({ host, port, serverName, tlsVerify, tlsVerifyDepth, secureContext }: Address): string {
    let id = this.#contextIds.get(secureContext)
    if (id === undefined) {
      id = ++this.#lastContextId
      this.#contextIds.set(secureContext, id)
    }
    return `${host} ${port} ${tlsVerify} ${tlsVerifyDepth} ${id} ${serverName}`
  }

  #onEmpty(origin: Origin, isEmpty: boolean): void {
    this.#empty.delete(origin)
    if (!isEmpty) return
    this.#empty.add(origin)
    if (this.#empty.size <= MAX_EMPTY) return
    for (const oldest of this.#empty) {
      this.#empty.delete(oldest)
      return this.#forget(oldest.address)
    }
  }

  #forget(address: Address): void {
    const { scheme, host, port } = address
    if (scheme === 'https') {
      this.#secure.delete(this.#keyOf(address))
      return
    }
    const byPort = this.#plain.get(host)
    byPort?.delete(port)
    if (byPort?.size === 0) this.#plain.delete(host)
  }
}
