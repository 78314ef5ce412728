import { KeyObject, X509Certificate } from 'node:crypto'
import { checkPhase } from '@postern/pdk-response'
import { pluginErrors } from '../errors.ts'
import type { PhaseContext } from '../phase-context.ts'
import type { RetryCallback } from '../upstream-request.ts'
import { ACCESS, REWRITE_ACCESS_BALANCER_PREREAD } from './phase-sets.ts'
import { ServiceRequestPdk } from './service-request-pdk.ts'
import { ServiceResponsePdk } from './service-response-pdk.ts'

const MAX_PORT = 65_535
const MAX_RETRIES = 32_767
const MAX_TIMEOUT_MS = 2_147_483_646

/**
 * `kong.service`: where the request goes, and how.
 *
 * @see Kong Gateway docs, PDK reference, "kong.service"
 */
export class ServicePdk {
  readonly #ctx: PhaseContext
  #request: ServiceRequestPdk | undefined
  #response: ServiceResponsePdk | undefined

  constructor(ctx: PhaseContext) {
    this.#ctx = ctx
    this.#request = undefined
    this.#response = undefined
  }

  /** `kong.service.request`. */
  get request(): ServiceRequestPdk {
    return (this.#request ??= new ServiceRequestPdk(this.#ctx))
  }

  /** `kong.service.response`. */
  get response(): ServiceResponsePdk {
    return (this.#response ??= new ServiceResponsePdk(this.#ctx))
  }

  /**
   * Sends the request to an Upstream instead of the Service's host.
   *
   * @throws POSTERN_PLUGIN_ARGUMENT_INVALID, POSTERN_PLUGIN_UNAVAILABLE when there is none of
   *   that name
   */
  setUpstream(name: string): true {
    checkPhase(this.#ctx.phase, ACCESS)
    if (typeof name !== 'string') throw pluginErrors.ARGUMENT_INVALID('host must be a string')
    if (!this.#ctx.node.hasUpstream(name)) {
      throw pluginErrors.UNAVAILABLE(`could not find an Upstream named '${name}'`)
    }
    this.#ctx.upstreamRequest.host = name
    return true
  }

  /**
   * Sends the request to this host and port. Host says so too.
   *
   * @throws POSTERN_PLUGIN_ARGUMENT_INVALID
   */
  setTarget(host: string, port: number): void {
    checkPhase(this.#ctx.phase, REWRITE_ACCESS_BALANCER_PREREAD)
    if (typeof host !== 'string') throw pluginErrors.ARGUMENT_INVALID('host must be a string')
    checkInteger(port, { name: 'port', least: 0, most: MAX_PORT })
    const { upstreamRequest } = this.#ctx
    upstreamRequest.host = host
    upstreamRequest.port = port
    upstreamRequest.hostHeader = port === 80 || port === 443 ? host : `${host}:${port}`
  }

  /** How often a failed attempt is repeated, 0 to 32767. */
  setRetries(retries: number): void {
    checkPhase(this.#ctx.phase, ACCESS)
    checkInteger(retries, { name: 'retries', least: 0, most: MAX_RETRIES })
    this.#ctx.upstreamRequest.retries = retries
  }

  /** In milliseconds, each 1 to 2147483646. Kong forgets the one for writing; here it counts. */
  setTimeouts(connect: number, write: number, read: number): void {
    checkPhase(this.#ctx.phase, ACCESS)
    const range = { least: 1, most: MAX_TIMEOUT_MS }
    checkInteger(connect, { name: 'connect_timeout', ...range })
    checkInteger(write, { name: 'write_timeout', ...range })
    checkInteger(read, { name: 'read_timeout', ...range })
    Object.assign(this.#ctx.upstreamRequest.timeouts, {
      connectMs: connect,
      writeMs: write,
      readMs: read,
    })
  }

  /**
   * Where to try next when an attempt has failed: the callback answers a host and a port, or
   * nothing when there is no other place. It is called once for each retry, and cannot wait.
   */
  setTargetRetryCallback(callback: RetryCallback): void {
    checkPhase(this.#ctx.phase, ACCESS)
    if (typeof callback !== 'function') {
      throw pluginErrors.ARGUMENT_INVALID('retry_callback must be a function')
    }
    this.#ctx.upstreamRequest.retryCallback = callback
  }

  /**
   * The certificate that the gateway shows to the Service. Parsed, as in Kong: a text would have to
   * be parsed for each request.
   *
   * @param chain the certificate itself first
   * @throws POSTERN_PLUGIN_ARGUMENT_INVALID
   */
  setTlsCertKey(chain: X509Certificate | readonly X509Certificate[], key: KeyObject): true {
    checkPhase(this.#ctx.phase, REWRITE_ACCESS_BALANCER_PREREAD)
    const certificates = certificatesOf(chain)
    if (certificates === undefined) {
      throw pluginErrors.ARGUMENT_INVALID('chain must be a parsed cdata object')
    }
    if (!(key instanceof KeyObject) || key.type !== 'private') {
      throw pluginErrors.ARGUMENT_INVALID('key must be a parsed cdata object')
    }
    this.#ctx.upstreamRequest.tlsCertificate = { chain: certificates, key }
    return true
  }

  /**
   * The authorities that a certificate of the Service may come from, instead of the usual ones.
   *
   * @throws POSTERN_PLUGIN_ARGUMENT_INVALID
   */
  setTlsVerifyStore(store: X509Certificate | readonly X509Certificate[]): true {
    checkPhase(this.#ctx.phase, REWRITE_ACCESS_BALANCER_PREREAD)
    const certificates = certificatesOf(store)
    if (certificates === undefined) {
      throw pluginErrors.ARGUMENT_INVALID('argument must be a resty.openssl.x509.store object')
    }
    this.#ctx.upstreamRequest.tlsVerifyStore = certificates
    return true
  }

  /** Whether the Service's certificate is checked. */
  setTlsVerify(on: boolean): void {
    checkPhase(this.#ctx.phase, REWRITE_ACCESS_BALANCER_PREREAD)
    if (typeof on !== 'boolean') throw pluginErrors.ARGUMENT_INVALID('argument must be a boolean')
    this.#ctx.upstreamRequest.tlsVerify = on
  }

  /** How long a chain of certificates may be. */
  setTlsVerifyDepth(depth: number): void {
    checkPhase(this.#ctx.phase, REWRITE_ACCESS_BALANCER_PREREAD)
    if (typeof depth !== 'number') throw pluginErrors.ARGUMENT_INVALID('argument must be a number')
    this.#ctx.upstreamRequest.tlsVerifyDepth = depth
  }
}

function certificatesOf(value: unknown): readonly X509Certificate[] | undefined {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value]
  const areParsed = list.length > 0 && list.every((one) => one instanceof X509Certificate)
  return areParsed ? list : undefined
}

interface IntegerRange {
  readonly name: string
  readonly least: number
  readonly most: number
}

function checkInteger(value: unknown, { name, least, most }: IntegerRange): void {
  if (typeof value !== 'number' || !Number.isInteger(value)) {
    throw pluginErrors.ARGUMENT_INVALID(`${name} must be an integer`)
  }
  if (value >= least && value <= most) return
  throw pluginErrors.ARGUMENT_INVALID(
    `${name} must be an integer between ${least} and ${most}: given ${value}`,
  )
}
