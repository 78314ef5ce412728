import { checkPhase, luaText } from '@postern/pdk-response'
import { pluginErrors } from '../errors.ts'
import type { PhaseContext } from '../phase-context.ts'
import type { TlsFacts } from '../request-facts.ts'
import { CERTIFICATE, CLIENT_CERTIFICATE, REWRITE_ACCESS_BALANCER } from './phase-sets.ts'

/**
 * `kong.client.tls`: the TLS of the client's connection, as far as the host tells of it.
 *
 * @see Kong Gateway docs, PDK reference, "kong.client.tls"
 */
export class ClientTlsPdk {
  readonly #ctx: PhaseContext

  constructor(ctx: PhaseContext) {
    this.#ctx = ctx
  }

  /**
   * Asks the client for its certificate, in the handshake. It may send none.
   *
   * @throws POSTERN_PLUGIN_UNAVAILABLE where the host cannot ask
   */
  requestClientCertificate(): true {
    return this.#do('requestClientCertificate', 'a client certificate cannot be requested')
  }

  /**
   * Makes the next connection of this client shake hands in full.
   *
   * @throws POSTERN_PLUGIN_UNAVAILABLE where the host cannot
   */
  disableSessionReuse(): true {
    return this.#do('disableSessionReuse', 'session reuse cannot be disabled')
  }

  /** The certificates that the client sent, as PEM, its own first; undefined when it sent none. */
  getFullClientCertificateChain(): string | undefined {
    checkPhase(this.#ctx.phase, CLIENT_CERTIFICATE)
    return this.#ctx.request.tls?.clientCertificateChain
  }

  /**
   * Says what came of checking the client's certificate, where a plugin has done that.
   *
   * @param verify `SUCCESS`, `NONE` or `FAILED:reason`
   * @throws POSTERN_PLUGIN_ARGUMENT_INVALID
   */
  setClientVerify(verify: string): void {
    checkPhase(this.#ctx.phase, REWRITE_ACCESS_BALANCER)
    const isKnown = typeof verify === 'string' && /^(?:SUCCESS|NONE|FAILED:[^]*)$/.test(verify)
    if (!isKnown) {
      throw pluginErrors.ARGUMENT_INVALID(`unknown client verify value: ${luaText(verify)}`)
    }
    this.#ctx.clientVerify = verify
  }

  #do(what: 'requestClientCertificate' | 'disableSessionReuse', problem: string): true {
    checkPhase(this.#ctx.phase, CERTIFICATE)
    const tls: TlsFacts | undefined = this.#ctx.request.tls
    if (tls?.[what] === undefined) throw pluginErrors.UNAVAILABLE(problem)
    tls[what]()
    return true
  }
}
