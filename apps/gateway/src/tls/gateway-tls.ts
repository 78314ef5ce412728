import { constants } from 'node:crypto'
import {
  createSecureContext,
  type SecureContext,
  type SecureContextOptions,
  type Server,
  type TlsOptions,
} from 'node:tls'
import type { Certificate } from '@postern/entities'
import type { Log } from '@postern/plugin-runtime'
import type { ListenTls } from '../listener/listener.ts'
import { ContextCache } from './context-cache.ts'
import type { CertificatePair } from './default-certificate.ts'
import { guardHandshakes, type HandshakeJudge } from './handshake-guard.ts'
import type { ServerNames } from './server-names.ts'

/** Which versions and ciphers are spoken: `ssl_cipher_suite`. */
export type CipherSuite = 'modern' | 'intermediate'

/** What the TLS of a proxy is made of. */
export interface GatewayTlsOptions {
  /** Shown where no SNI matches. */
  readonly own: CertificatePair
  readonly suite: CipherSuite
  readonly log: Log
  /** Decides on each handshake before it begins. */
  readonly judge: HandshakeJudge
}

/**
 * The TLS of the proxy: one for all its listeners, and for all the configurations that follow.
 *
 * A certificate is made ready at the first handshake that asks for it, and kept for as long as
 * configurations have it: reading a key costs more than the rest of a publication.
 */
export class GatewayTls implements ListenTls {
  readonly options: TlsOptions
  readonly #log: Log
  readonly #judge: HandshakeJudge
  readonly #fallback: SecureContext
  /** With the options of OpenSSL that each has of its own. */
  readonly #servers = new Map<Server, number>()
  readonly #base: SecureContextOptions
  #default: CertificatePair
  readonly #own: CertificatePair
  readonly #contexts = new ContextCache()
  #names: ServerNames | undefined

  constructor({ own, suite, log, judge }: GatewayTlsOptions) {
    this.#own = own
    this.#default = own
    this.#log = log
    this.#judge = judge
    this.#base = { ...SUITES[suite], secureOptions: SECURE_OPTIONS }
    this.#fallback = createSecureContext({ ...this.#base, ...own })
    this.options = {
      ...this.#base,
      ...own,
      ALPNProtocols: ['http/1.1'],
      handshakeTimeout: HANDSHAKE_MS,
      SNICallback: (serverName, done) => done(null, this.contextFor(serverName)),
    }
  }

  attach(server: Server): void {
    this.#keepCurrent(server, 0)
    guardHandshakes(server, {
      tls: this.options,
      judge: this.#judge,
      helloTimeoutMs: HANDSHAKE_MS,
      keepCurrent: (variant, secureOptions) => this.#keepCurrent(variant, secureOptions),
    })
  }

  /** Certificates of a new configuration, for handshakes from now on. */
  publish(names: ServerNames): void {
    this.#names = names
    this.#contexts.turn()
    const unnamed = names.find(undefined)
    const pair = unnamed === undefined ? this.#own : pairOf(unnamed)
    if (isSame(pair, this.#default) || !this.#isUsable(unnamed)) return
    this.#default = pair
    for (const [server, secureOptions] of this.#servers) {
      const options = { ...this.#base, ...pair, secureOptions: SECURE_OPTIONS | secureOptions }
      server.setSecureContext(options)
    }
  }

  /** The context of a server name; the gateway's own where there is no better one. */
  contextFor(serverName: string): SecureContext {
    const certificate = this.#names?.find(serverName)
    return certificate === undefined ? this.#fallback : this.#contextOf(certificate)
  }

  #keepCurrent(server: Server, secureOptions: number): void {
    this.#servers.set(server, secureOptions)
    server.once('close', () => this.#servers.delete(server))
    if (this.#default === this.#own) return
    const options = { ...this.#base, ...this.#default }
    server.setSecureContext({ ...options, secureOptions: SECURE_OPTIONS | secureOptions })
  }

  #contextOf(certificate: Certificate): SecureContext {
    const { id, cert, key, cert_alt, key_alt } = certificate
    const text = [cert, key, cert_alt, key_alt].join('\n')
    return this.#contexts.get(text, () => this.#create(id, pairOf(certificate)))
  }

  /** A key that was well formed when it was saved can still be too weak to serve with. */
  #create(id: string, pair: CertificatePair): SecureContext {
    try {
      return createSecureContext({ ...this.#base, ...pair })
    } catch (error) {
      this.#log.err(`certificate ${id} cannot be used: ${(error as Error).message}`)
      return this.#fallback
    }
  }

  #isUsable(certificate: Certificate | undefined): boolean {
    return certificate === undefined || this.#contextOf(certificate) !== this.#fallback
  }
}

/** TLS 1.2 lets a client ask for handshake after handshake, each of which costs us more than it. */
const SECURE_OPTIONS = constants.SSL_OP_NO_RENEGOTIATION

/** A handshake that takes longer is cut, in milliseconds: as long as the head of a request may take. */
const HANDSHAKE_MS = 10_000

/** @see https://wiki.mozilla.org/Security/Server_Side_TLS, which Kong's names come from */
const SUITES: Readonly<Record<CipherSuite, SecureContextOptions>> = {
  modern: { minVersion: 'TLSv1.3' },
  intermediate: {
    minVersion: 'TLSv1.2',
    ciphers: [
      'TLS_AES_128_GCM_SHA256',
      'TLS_AES_256_GCM_SHA384',
      'TLS_CHACHA20_POLY1305_SHA256',
      'ECDHE-ECDSA-AES128-GCM-SHA256',
      'ECDHE-RSA-AES128-GCM-SHA256',
      'ECDHE-ECDSA-AES256-GCM-SHA384',
      'ECDHE-RSA-AES256-GCM-SHA384',
      'ECDHE-ECDSA-CHACHA20-POLY1305',
      'ECDHE-RSA-CHACHA20-POLY1305',
    ].join(':'),
    honorCipherOrder: true,
  },
}

function pairOf({ cert, key, cert_alt, key_alt }: Certificate): CertificatePair {
  return cert_alt === null || key_alt === null
    ? { cert: [cert], key: [key] }
    : { cert: [cert, cert_alt], key: [key, key_alt] }
}

function isSame(one: CertificatePair, other: CertificatePair): boolean {
  return one.cert.join() === other.cert.join() && one.key.join() === other.key.join()
}
