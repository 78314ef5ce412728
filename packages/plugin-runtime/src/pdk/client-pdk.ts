import type { Consumer } from '@postern/entities'
import { checkPhase, luaType } from '@postern/pdk-response'
import { pluginErrors } from '../errors.ts'
import type { ConsumerLookup } from '../node-facts.ts'
import type { PhaseContext } from '../phase-context.ts'
import { ClientTlsPdk } from './client-tls-pdk.ts'
import { ACCESS, AUTHENTICATED, NOT_INIT_WORKER } from './phase-sets.ts'

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

/**
 * `kong.client`: who is at the other end, and who it has proved to be.
 *
 * @see Kong Gateway docs, PDK reference, "kong.client"
 */
export class ClientPdk {
  readonly #ctx: PhaseContext
  #tls: ClientTlsPdk | undefined

  constructor(ctx: PhaseContext) {
    this.#ctx = ctx
    this.#tls = undefined
  }

  /** `kong.client.tls`. */
  get tls(): ClientTlsPdk {
    return (this.#tls ??= new ClientTlsPdk(this.#ctx))
  }

  /** The peer of the TCP connection. */
  getIp(): string {
    checkPhase(this.#ctx.phase, NOT_INIT_WORKER)
    return this.#ctx.request.peerAddress
  }

  /** The client behind trusted proxies. */
  getForwardedIp(): string {
    checkPhase(this.#ctx.phase, NOT_INIT_WORKER)
    return this.#ctx.request.clientAddress
  }

  /** Of the peer of the TCP connection. */
  getPort(): number {
    checkPhase(this.#ctx.phase, NOT_INIT_WORKER)
    return this.#ctx.request.peerPort
  }

  /** Of the client behind trusted proxies. */
  getForwardedPort(): number {
    checkPhase(this.#ctx.phase, NOT_INIT_WORKER)
    return this.#ctx.request.clientPort
  }

  /** What `authenticate` was given. */
  getCredential(): Readonly<Record<string, unknown>> | undefined {
    checkPhase(this.#ctx.phase, AUTHENTICATED)
    return this.#ctx.credential
  }

  /** The Consumer that `authenticate` was given. */
  getConsumer(): Consumer | undefined {
    checkPhase(this.#ctx.phase, AUTHENTICATED)
    return this.#ctx.consumer
  }

  /**
   * Finds a Consumer. Await it: it may have to be read.
   *
   * @param by `username` allows a name where an id is expected; Kong: a boolean
   * @throws POSTERN_PLUGIN_ARGUMENT_INVALID, POSTERN_PLUGIN_UNAVAILABLE
   */
  loadConsumer(id: string, by: 'id' | 'username' | boolean = 'id'): ConsumerLookup {
    checkPhase(this.#ctx.phase, AUTHENTICATED)
    if (typeof id !== 'string') {
      throw pluginErrors.ARGUMENT_INVALID('consumer_id must be a string')
    }
    const byUsername = by === true || by === 'username'
    if (!byUsername && !UUID.test(id)) {
      throw pluginErrors.UNAVAILABLE('cannot load a consumer with an id that is not a uuid')
    }
    return this.#ctx.node.loadConsumer(id, byUsername ? 'username' : 'id')
  }

  /**
   * Tells who the client is. From here on, plugins configured for that Consumer apply.
   *
   * @throws POSTERN_PLUGIN_ARGUMENT_INVALID
   */
  authenticate(consumer: Consumer | null | undefined, credential?: object | null): void {
    checkPhase(this.#ctx.phase, ACCESS)
    checkTableOrNil(consumer, 'consumer')
    checkTableOrNil(credential, 'credential')
    if ((consumer ?? undefined) === undefined && (credential ?? undefined) === undefined) {
      throw pluginErrors.ARGUMENT_INVALID('either credential or consumer must be provided')
    }
    this.#ctx.consumer = consumer ?? undefined
    // Read by name only, so that any object will do.
    this.#ctx.credential = (credential ?? undefined) as PhaseContext['credential']
  }

  /**
   * The protocol of the Route if it has just one, else that of the connection.
   *
   * @param allowTerminated believe a trusted proxy that says it took the TLS away
   * @throws POSTERN_PLUGIN_UNAVAILABLE `No active route found`
   */
  getProtocol(allowTerminated?: boolean): string {
    checkPhase(this.#ctx.phase, AUTHENTICATED)
    const { route, request, node } = this.#ctx
    if (route === undefined) throw pluginErrors.UNAVAILABLE('No active route found')
    const { protocols } = route
    if (protocols.length === 1) return protocols[0] as string
    if (allowTerminated !== true || !node.isTrusted(request.peerAddress)) return request.scheme
    return request.headers.get('x-forwarded-proto')?.toLowerCase() ?? request.scheme
  }
}

function checkTableOrNil(value: unknown, what: string): void {
  const type = luaType(value)
  if (type === 'nil' || type === 'table') return
  throw pluginErrors.ARGUMENT_INVALID(`${what} must be a table or nil`)
}
