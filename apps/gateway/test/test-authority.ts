import {
  createPrivateKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  sign,
} from 'node:crypto'
import {
  bitString,
  der,
  integer,
  objectId,
  octetString,
  sequence,
  time,
  utf8,
} from '../src/tls/der.ts'

/** A certificate with its key, both PEM. */
export interface Issued {
  readonly cert: string
  readonly key: string
}

/** Somebody who vouches for certificates, with a certificate of its own. */
export interface Authority extends Issued {
  readonly name: string
}

export interface IssueOptions {
  /** Names in the certificate: the first one is its subject too. */
  readonly names: readonly string[]
  /** When it ends; in a day unless set. */
  readonly until?: Date
}

/** Makes an authority that stands for itself, or one that another one vouches for. */
export function createAuthority(name: string, issuer?: Authority): Authority {
  return { name, ...certify(name, issuer, { extensions: [IS_AUTHORITY] }) }
}

/** Makes a certificate for a server or a client. */
export function issue(issuer: Authority, { names, until }: IssueOptions): Issued {
  const alternatives = sequence(...names.map((name) => der(0x82, Buffer.from(name))))
  return certify(names[0] as string, issuer, {
    extensions: [sequence(objectId('2.5.29.17'), octetString(alternatives))],
    ...(until !== undefined && { until }),
  })
}

interface Content {
  readonly extensions: readonly Buffer[]
  readonly until?: Date
}

const DAY_MS = 24 * 60 * 60 * 1000

/** @see RFC 5280, 4.1 */
function certify(
  name: string,
  issuer: Authority | undefined,
  { extensions, until = new Date(Date.now() + DAY_MS) }: Content,
): Issued {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const toBeSigned = sequence(
    der(0xa0, integer(Buffer.of(2))),
    integer(Buffer.concat([Buffer.of(1), randomBytes(8)])),
    ECDSA_WITH_SHA256,
    subject(issuer?.name ?? name),
    sequence(time(new Date(until.getTime() - 10 * DAY_MS)), time(until)),
    subject(name),
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(...extensions)),
  )
  const key = issuer === undefined ? privateKey : createPrivateKey(issuer.key)
  return { cert: signed(toBeSigned, key), key: pemOf(privateKey) }
}

function signed(toBeSigned: Buffer, key: KeyObject): string {
  const whole = sequence(toBeSigned, ECDSA_WITH_SHA256, bitString(sign('sha256', toBeSigned, key)))
  const lines = whole.toString('base64').match(/.{1,64}/g) ?? []
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`
}

const ECDSA_WITH_SHA256 = sequence(objectId('1.2.840.10045.4.3.2'))
const TRUE = der(0x01, Buffer.of(0xff))
const IS_AUTHORITY = sequence(objectId('2.5.29.19'), TRUE, octetString(sequence(TRUE)))

function subject(name: string): Buffer {
  return sequence(der(0x31, sequence(objectId('2.5.4.3'), utf8(name))))
}

function pemOf(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }).toString()
}
