import { HostWait, type LuaHttp, type LuaHttpRequest, type LuaHttpResponse } from '@postern/lua'
import {
  createHttp1Client,
  type UpstreamClient,
  type UpstreamFailure,
  type UpstreamHandler,
} from '@postern/proxy'

/** What `resty.http` sends requests with. */
export interface LuaNetwork {
  readonly http: LuaHttp
  /** Ends all connections; requests under way fail. */
  close(): Promise<void>
}

export interface LuaNetworkOptions {
  /** Largest body of a response, in bytes. Default 8 MiB. */
  readonly maxBodyBytes?: number
}

const DEFAULT_MAX_BODY_BYTES = 8 * 1024 * 1024

/**
 * Makes the network of Lua functions, with connections of its own: those with Services are not
 * theirs. Nothing is opened before a function sends a request.
 *
 * A response is collected whole. What goes wrong is told in the words of OpenResty.
 */
export function createLuaNetwork({
  maxBodyBytes = DEFAULT_MAX_BODY_BYTES,
}: LuaNetworkOptions = {}): LuaNetwork {
  let client: UpstreamClient | undefined
  return {
    http: (request) => send((client ??= createHttp1Client()), request, maxBodyBytes),
    close: async () => client?.close(),
  }
}

function send(
  client: UpstreamClient,
  request: LuaHttpRequest,
  maxBodyBytes: number,
): HostWait<LuaHttpResponse> {
  const { scheme, host, port, serverName, method, path, headers, body } = request
  const collector = new ResponseCollector(host, maxBodyBytes)
  const exchange = client.send(
    {
      scheme,
      host,
      port,
      ...(serverName !== undefined && { serverName }),
      method,
      path,
      headers,
      body,
      connectTimeoutMs: request.connectTimeoutMs,
      writeTimeoutMs: request.sendTimeoutMs,
      readTimeoutMs: request.readTimeoutMs,
      tlsVerify: request.isVerified,
    },
    collector,
  )
  const abort = (): void => exchange.abort()
  collector.onTooLarge = abort
  return new HostWait(collector.response, abort)
}

/** Puts a response together. */
class ResponseCollector implements UpstreamHandler {
  readonly #host: string
  readonly #maxBodyBytes: number
  readonly #settle: PromiseWithResolvers<LuaHttpResponse>
  readonly #chunks: Uint8Array[]
  #bytes: number
  #head: Omit<LuaHttpResponse, 'body'> | undefined
  /** Ends the exchange. */
  onTooLarge: () => void

  constructor(host: string, maxBodyBytes: number) {
    this.#host = host
    this.#maxBodyBytes = maxBodyBytes
    this.#settle = Promise.withResolvers()
    this.#chunks = []
    this.#bytes = 0
    this.#head = undefined
    this.onTooLarge = () => {}
  }

  get response(): Promise<LuaHttpResponse> {
    return this.#settle.promise
  }

  onHead(status: number, headers: readonly string[], reason: string): void {
    this.#head = { status, reason, headers }
  }

  onData(chunk: Uint8Array): boolean {
    this.#bytes += chunk.length
    if (this.#bytes <= this.#maxBodyBytes) {
      this.#chunks.push(chunk)
      return true
    }
    this.onTooLarge()
    this.#settle.reject(new Error(`the body has more than ${this.#maxBodyBytes} bytes`))
    return false
  }

  onEnd(): void {
    const head = this.#head as Omit<LuaHttpResponse, 'body'>
    this.#settle.resolve({ ...head, body: Buffer.concat(this.#chunks) })
  }

  onError(failure: UpstreamFailure): void {
    this.#settle.reject(new Error(reasonOf(failure, this.#host), { cause: failure.cause }))
  }
}

function reasonOf({ kind, message, cause }: UpstreamFailure, host: string): string {
  switch (kind) {
    case 'connect':
    case 'reset':
      return REASONS.get(codeOf(cause)) ?? (kind === 'reset' ? 'closed' : message)
    case 'connect-timeout':
    case 'timeout':
      return 'timeout'
    case 'dns':
      return `${host} could not be resolved (3: Host not found)`
    case 'aborted':
    case 'no-address':
      return 'closed'
    case 'invalid':
    case 'body':
      return message
  }
}

/** As OpenResty's cosockets say it; certificates by OpenSSL's number. */
const REASONS: ReadonlyMap<string, string> = new Map([
  ['ECONNREFUSED', 'connection refused'],
  ['ECONNRESET', 'connection reset by peer'],
  ['EPIPE', 'broken pipe'],
  ['ENETUNREACH', 'network is unreachable'],
  ['EHOSTUNREACH', 'no route to host'],
  ['EACCES', 'permission denied'],
  ['CERT_HAS_EXPIRED', '10: certificate has expired'],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', '18: self-signed certificate'],
  ['SELF_SIGNED_CERT_IN_CHAIN', '19: self-signed certificate in certificate chain'],
  ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', '20: unable to get local issuer certificate'],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', '21: unable to verify the first certificate'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'certificate host mismatch'],
])

/** Where several addresses of a name have failed, that of the first. */
function codeOf(error: unknown): string {
  const first: unknown = error instanceof AggregateError ? error.errors[0] : error
  return first instanceof Error && 'code' in first ? String(first.code) : ''
}
