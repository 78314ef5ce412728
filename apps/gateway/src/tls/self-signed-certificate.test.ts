import { createPrivateKey, X509Certificate } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { createSelfSignedCertificate } from './self-signed-certificate.ts'

describe('createSelfSignedCertificate()', () => {
  const { cert, key } = createSelfSignedCertificate(new Date('2026-01-02T03:04:05Z'))
  const certificate = new X509Certificate(cert)

  it('is for localhost and its addresses', () => {
    expect(certificate.checkHost('localhost')).toBe('localhost')
    expect(certificate.checkIP('127.0.0.1')).toBe('127.0.0.1')
    expect(certificate.checkIP('::1')).toBe('::1')
    expect(certificate.checkHost('example.com')).toBeUndefined()
  })

  it('is signed by its own key, and vouches for no other', () => {
    expect(certificate.verify(certificate.publicKey)).toBe(true)
    expect(certificate.checkPrivateKey(createPrivateKey(key))).toBe(true)
    expect(certificate.ca).toBe(false)
  })

  it.each([
    { now: '2026-01-02T03:04:05Z', from: '2026-01-01T03:04:05Z', to: '2045-12-28T03:04:05Z' },
    // From 2050 on a year has four digits.
    { now: '2035-06-01T00:00:00Z', from: '2035-05-31T00:00:00Z', to: '2055-05-27T00:00:00Z' },
  ])('made at $now it is valid from $from to $to', ({ now, from, to }) => {
    const made = new X509Certificate(createSelfSignedCertificate(new Date(now)).cert)
    expect(new Date(made.validFrom)).toEqual(new Date(from))
    expect(new Date(made.validTo)).toEqual(new Date(to))
  })

  it('has another serial number and another key each time', () => {
    const other = new X509Certificate(createSelfSignedCertificate().cert)
    expect(other.serialNumber).not.toBe(certificate.serialNumber)
    expect(other.fingerprint256).not.toBe(certificate.fingerprint256)
  })
})
