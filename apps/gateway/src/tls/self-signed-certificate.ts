import { generateKeyPairSync, randomBytes, sign } from 'node:crypto'
import { bitString, der, integer, objectId, octetString, sequence, time, utf8 } from './der.ts'

/** A certificate and its key, both PEM. */
export interface SelfSigned {
  readonly cert: string
  readonly key: string
}

const DAY_MS = 24 * 60 * 60 * 1000
/** Kong makes its own for 20 years as well. */
const VALID_MS = 20 * 365 * DAY_MS

/**
 * Makes a certificate for `localhost` that nobody vouches for, with a new ECDSA key (P-256).
 *
 * It is what TLS is spoken with until there is a real one. node:crypto reads certificates and does
 * not write them, so it is put together here.
 *
 * @see RFC 5280, 4.1
 */
export function createSelfSignedCertificate(now: Date = new Date()): SelfSigned {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const name = sequence(attribute('2.5.4.10', 'Postern'), attribute('2.5.4.3', 'localhost'))
  const toBeSigned = sequence(
    der(0xa0, integer(Buffer.from([2]))),
    integer(serialNumber()),
    ECDSA_WITH_SHA256,
    name,
    // A client whose clock is behind may look at it on the day it was made.
    sequence(time(new Date(now.getTime() - DAY_MS)), time(new Date(now.getTime() + VALID_MS))),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(SUBJECT_ALT_NAME, NOT_AN_AUTHORITY)),
  )
  const signature = sign('sha256', toBeSigned, privateKey)
  const certificate = sequence(toBeSigned, ECDSA_WITH_SHA256, bitString(signature))
  return {
    cert: pem('CERTIFICATE', certificate),
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  }
}

const ECDSA_WITH_SHA256 = sequence(objectId('1.2.840.10045.4.3.2'))

/** localhost, 127.0.0.1 and ::1. */
const SUBJECT_ALT_NAME = extension(
  '2.5.29.17',
  sequence(
    der(0x82, Buffer.from('localhost')),
    der(0x87, Buffer.from([127, 0, 0, 1])),
    der(0x87, Buffer.concat([Buffer.alloc(15), Buffer.from([1])])),
  ),
)
/** Without this, whoever trusts the certificate would trust others signed with its key. */
const NOT_AN_AUTHORITY = extension('2.5.29.19', sequence())

function extension(id: string, value: Uint8Array): Buffer {
  return sequence(objectId(id), octetString(value))
}

function attribute(id: string, value: string): Buffer {
  return der(0x31, sequence(objectId(id), utf8(value)))
}

/** Sixteen octets; the first bit would be a sign, and a leading 0 is not allowed. */
function serialNumber(): Buffer {
  const bytes = randomBytes(16)
  bytes[0] = ((bytes[0] as number) & 0x3f) | 0x40
  return bytes
}

function pem(label: string, bytes: Buffer): string {
  const lines = bytes.toString('base64').match(/.{1,64}/g) ?? []
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`
}
