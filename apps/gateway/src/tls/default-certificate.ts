import { randomUUID } from 'node:crypto'
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { createSecureContext } from 'node:tls'
import type { GatewayConfig } from '../config/gateway-config.ts'
import { gatewayErrors } from '../errors.ts'
import { createSelfSignedCertificate } from './self-signed-certificate.ts'

/** What the gateway shows to a client whose server name nobody has a certificate for. */
export interface CertificatePair {
  /** PEM, each with the chain behind it: RSA beside ECDSA for one. */
  readonly cert: string[]
  /** PEM, in the same order. */
  readonly key: string[]
}

/** The keys that name certificates: files, or PEM itself. */
const PAIRS = {
  ssl_cert: (config) => [config.ssl_cert, config.ssl_cert_key],
  admin_ssl_cert: (config) => [config.admin_ssl_cert, config.admin_ssl_cert_key],
  status_ssl_cert: (config) => [config.status_ssl_cert, config.status_ssl_cert_key],
} as const satisfies Readonly<
  Record<string, (config: GatewayConfig) => readonly [readonly string[], readonly string[]]>
>

/**
 * Reads the certificates of `ssl_cert` and the like, or the one made for this prefix at the first
 * start.
 *
 * @throws POSTERN_GATEWAY_CERTIFICATE_UNUSABLE
 */
export function loadDefaultCertificate(
  config: GatewayConfig,
  setting: keyof typeof PAIRS,
): CertificatePair {
  const [certs, keys] = PAIRS[setting](config)
  if (certs.length !== keys.length) {
    const counts = `${certs.length} certificates and ${keys.length} keys, expected as many`
    throw gatewayErrors.CERTIFICATE_UNUSABLE(setting, counts)
  }
  if (certs.length === 0) return keptCertificate(config, setting)
  const pair = {
    cert: certs.map((entry) => readPem(setting, entry)),
    key: keys.map((entry) => readPem(`${setting}_key`, entry)),
  }
  return checked(setting, pair)
}

function readPem(setting: string, entry: string): string {
  if (entry.includes('-----BEGIN ')) return entry
  try {
    return readFileSync(entry, 'utf8')
  } catch (error) {
    throw gatewayErrors.CERTIFICATE_UNUSABLE(setting, (error as Error).message).causedBy(error)
  }
}

function checked(setting: string, pair: CertificatePair): CertificatePair {
  try {
    createSecureContext(pair)
    return pair
  } catch (error) {
    throw gatewayErrors.CERTIFICATE_UNUSABLE(setting, (error as Error).message).causedBy(error)
  }
}

/** Certificate and key are one file, so that nobody ever sees one without the other. */
function keptCertificate({ prefix }: GatewayConfig, setting: string): CertificatePair {
  const folder = path.join(prefix, 'ssl')
  const file = path.join(folder, 'postern-default.pem')
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    const text = readIfThere(file) ?? makeOnce(file)
    return checked(setting, { cert: [text], key: [text] })
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code === 'POSTERN_GATEWAY_CERTIFICATE_UNUSABLE') throw error
    throw gatewayErrors.CERTIFICATE_UNUSABLE(setting, message).causedBy(error)
  }
}

/** Of several workers that start at once, one is first; the others take what it has made. */
function makeOnce(file: string): string {
  const { cert, key } = createSelfSignedCertificate()
  const temporary = `${file}.${randomUUID()}`
  writeFileSync(temporary, cert + key, { mode: 0o600 })
  try {
    linkSync(temporary, file)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  } finally {
    rmSync(temporary)
  }
  return readFileSync(file, 'utf8')
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}
