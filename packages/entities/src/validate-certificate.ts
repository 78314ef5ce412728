import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto'

type Entity = Readonly<Record<string, unknown>>

/** Checks that a text is a certificate in PEM. */
export function validateCertificate(pem: string): string | undefined {
  return faultOf(() => readCertificate(pem), 'invalid certificate')
}

/** Checks that a text is a private key in PEM, without a passphrase. */
export function validatePrivateKey(pem: string): string | undefined {
  return faultOf(() => createPrivateKey(pem), 'invalid key')
}

/** Checks that certificate and key belong together. */
export function checkPair({ cert, key }: Entity): string | undefined {
  return belongTogether(cert, key) ? undefined : 'certificate does not match key'
}

/** Checks the same of the second pair, and that it is of another type than the first. */
export function checkAlternative(entity: Entity): string | undefined {
  const { cert, cert_alt: certAlt, key_alt: keyAlt } = entity
  if (!isPem(certAlt) || !isPem(keyAlt)) return undefined
  if (!belongTogether(certAlt, keyAlt)) return 'alternative certificate does not match key'
  if (!isPem(cert) || typeOf(cert) !== typeOf(certAlt)) return undefined
  return (
    'certificate and alternative certificate need to have different type (e.g. RSA and ECDSA), ' +
    'the provided certificates were both of the same type'
  )
}

/** Checks that a text is one certificate of an authority that is still valid. */
export function checkAuthority({ cert }: Entity): string | undefined {
  if (!isPem(cert)) return undefined
  if (cert.split('-----BEGIN CERTIFICATE-----').length > 2) {
    return 'please submit only one certificate at a time'
  }
  const certificate = readCertificate(cert)
  if (!certificate.ca) {
    return 'certificate does not appear to be a CA because it is missing the "CA" basic constraint'
  }
  const isExpired = new Date(certificate.validTo).getTime() < Date.now()
  return isExpired ? 'certificate expired, "Not After" time is in the past' : undefined
}

/** Answers the SHA-256 of a certificate in lower-case hexadecimal digits. */
export function digestOf(pem: string): string {
  return readCertificate(pem).fingerprint256.replaceAll(':', '').toLowerCase()
}

/** Node also reads binary certificates, which nobody could send as text. */
function readCertificate(pem: string): X509Certificate {
  if (!pem.includes('-----BEGIN ')) throw new Error('not in PEM format')
  return new X509Certificate(pem)
}

function faultOf(read: () => unknown, prefix: string): string | undefined {
  try {
    read()
    return undefined
  } catch (error) {
    return `${prefix}: ${(error as Error).message}`
  }
}

/** What a vault reference stands for is known only when it is used. */
function isPem(value: unknown): value is string {
  return typeof value === 'string' && !value.startsWith('{vault://')
}

function belongTogether(cert: unknown, key: unknown): boolean {
  if (!isPem(cert) || !isPem(key)) return true
  return readCertificate(cert).checkPrivateKey(createPrivateKey(key))
}

function typeOf(pem: string): KeyObject['asymmetricKeyType'] {
  return readCertificate(pem).publicKey.asymmetricKeyType
}
