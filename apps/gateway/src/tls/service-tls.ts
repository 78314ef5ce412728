import { createSecureContext, type SecureContext, type SecureContextOptions } from 'node:tls'
import type { CaCertificate, Certificate, Service, Upstream } from '@postern/entities'
import type { UpstreamRequest as PluginRequest } from '@postern/plugin-runtime'
import type { UpstreamRequest } from '@postern/proxy'
import { gatewayErrors } from '../errors.ts'
import type { ContextCache } from './context-cache.ts'

/** What a Service is to see of the gateway, and whom the gateway believes of it. */
export interface ServiceTls {
  readonly certificate: Certificate | undefined
  /** PEM. Undefined: those whom Node trusts. Empty: nobody. */
  readonly authorities: readonly string[] | undefined
}

/** The entities that the TLS of Services is made of. */
export interface ServiceTlsEntities {
  readonly services: readonly Service[]
  readonly upstreams: readonly Upstream[]
  readonly certificates: readonly Certificate[]
  readonly caCertificates: readonly CaCertificate[]
}

/**
 * The TLS of the Services that ask for something special, by id.
 *
 * The certificate of an Upstream is shown where its Service names none. Nothing sees to it that
 * `ca_certificates` are there: where none of them is, nobody is trusted.
 */
export function compileServiceTls(entities: ServiceTlsEntities): ReadonlyMap<string, ServiceTls> {
  const certificateById = new Map(entities.certificates.map((one) => [one.id, one]))
  const authorityById = new Map(entities.caCertificates.map(({ id, cert }) => [id, cert]))
  const upstreamByName = new Map(entities.upstreams.map((one) => [one.name, one]))
  const tlsById = new Map<string, ServiceTls>()
  for (const service of entities.services) {
    const { client_certificate: shown, ca_certificates: trusted } = service
    const reference = shown ?? upstreamByName.get(service.host)?.client_certificate
    const certificate = certificateById.get(reference?.id ?? '')
    const authorities = trusted?.flatMap((id) => authorityById.get(id) ?? [])
    if (certificate !== undefined || authorities !== undefined) {
      tlsById.set(service.id, { certificate, authorities })
    }
  }
  return tlsById
}

/** What a request to a Service has to say about TLS. */
export type UpstreamTls = Pick<UpstreamRequest, 'tlsVerify' | 'tlsVerifyDepth' | 'secureContext'>

/** What is known of a request that is about to be sent. */
export interface TlsWishes {
  readonly service: Service | undefined
  readonly serviceTls: ServiceTls | undefined
  /** What plugins have set comes before what the Service says. */
  readonly upstreamRequest: PluginRequest
}

/** @throws POSTERN_GATEWAY_UPSTREAM_CERTIFICATE_UNUSABLE */
export function upstreamTls(wishes: TlsWishes, cache: ContextCache): UpstreamTls {
  const { service, upstreamRequest } = wishes
  const tlsVerifyDepth = upstreamRequest.tlsVerifyDepth ?? service?.tls_verify_depth ?? undefined
  const secureContext = contextOf(wishes, cache)
  return {
    tlsVerify: upstreamRequest.tlsVerify ?? service?.tls_verify === true,
    ...(tlsVerifyDepth !== undefined && { tlsVerifyDepth }),
    ...(secureContext !== undefined && { secureContext }),
  }
}

function contextOf(wishes: TlsWishes, cache: ContextCache): SecureContext | undefined {
  const { serviceTls, upstreamRequest } = wishes
  const { tlsCertificate, tlsVerifyStore } = upstreamRequest
  if (tlsCertificate === undefined && tlsVerifyStore === undefined) {
    return serviceTls && configuredContext(serviceTls, cache)
  }
  const shown = tlsCertificate?.chain.map(({ fingerprint256 }) => fingerprint256)
  const trusted = tlsVerifyStore?.map(({ fingerprint256 }) => fingerprint256)
  const { certificate, authorities } = serviceTls ?? {}
  const key = JSON.stringify([shown ?? textOf(certificate), trusted ?? authorities])
  return cache.get(key, () =>
    createContext({
      ...(tlsCertificate === undefined
        ? pairsOf(certificate)
        : {
            cert: tlsCertificate.chain.map(String).join(''),
            key: tlsCertificate.key.export({ type: 'pkcs8', format: 'pem' }),
          }),
      ...caOf(tlsVerifyStore?.map(String) ?? authorities),
    }),
  )
}

/** Put together once for each Service of a configuration. */
const keyOf = new WeakMap<ServiceTls, string>()

function configuredContext(tls: ServiceTls, cache: ContextCache): SecureContext {
  const { certificate, authorities } = tls
  let key = keyOf.get(tls)
  if (key === undefined) keyOf.set(tls, (key = JSON.stringify([textOf(certificate), authorities])))
  return cache.get(key, () => createContext({ ...pairsOf(certificate), ...caOf(authorities) }))
}

function textOf(certificate: Certificate | undefined): unknown {
  if (certificate === undefined) return undefined
  const { cert, key, cert_alt, key_alt } = certificate
  return [cert, key, cert_alt, key_alt]
}

/** The first of two pairs: a Service that asks says which kinds it takes, and Kong shows it one. */
function pairsOf(certificate: Certificate | undefined): SecureContextOptions {
  return certificate === undefined ? {} : { cert: certificate.cert, key: certificate.key }
}

function caOf(authorities: readonly string[] | undefined): SecureContextOptions {
  return authorities === undefined ? {} : { ca: [...authorities] }
}

function createContext(options: SecureContextOptions): SecureContext {
  try {
    return createSecureContext(options)
  } catch (error) {
    throw gatewayErrors.UPSTREAM_CERTIFICATE_UNUSABLE((error as Error).message).causedBy(error)
  }
}
