/** What came of looking at the first bytes of a connection. */
export type ReadHello =
  | { readonly kind: 'incomplete' }
  /** No TLS handshake begins like this, or none that is of a usual size. */
  | { readonly kind: 'malformed' }
  /** In lower case; undefined where the client names no server. */
  | { readonly kind: 'whole'; readonly serverName: string | undefined }

/**
 * Reads the server name out of the ClientHello that a TLS connection begins with.
 *
 * It may be spread over several records. All of its structure is checked, so that TLS itself does not
 * find a name where this finds none.
 *
 * @param bytes all that has come on the connection, from its first byte on
 * @see RFC 8446, 4.1.2 and 5.1; RFC 6066, 3
 */
export function readClientHello(bytes: Uint8Array): ReadHello {
  try {
    const body = new Fields(handshakeIn(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)))
    return { kind: 'whole', serverName: serverNameIn(body) }
  } catch (error) {
    return error === INCOMPLETE ? { kind: 'incomplete' } : { kind: 'malformed' }
  }
}

const INCOMPLETE = Symbol('incomplete')
const MALFORMED = Symbol('malformed')

/** A hello with the keys of today takes 2 KiB. It is looked at again with each packet that comes. */
const MAX_HELLO_BYTES = 16 * 1024
/** One is usual. */
const MAX_RECORDS = 64
const RECORD_HEAD_BYTES = 5
const MAX_RECORD_BYTES = 16 * 1024
const HANDSHAKE_HEAD_BYTES = 4
const HANDSHAKE_RECORD = 22
const CLIENT_HELLO = 1

/** The body of the first handshake message, put together from the records. */
function handshakeIn(bytes: Buffer): Buffer {
  const fragments: Buffer[] = []
  let at = 0
  let collected = 0
  let wanted = HANDSHAKE_HEAD_BYTES
  let isLengthKnown = false
  while (collected < wanted) {
    if (fragments.length === MAX_RECORDS) throw MALFORMED
    const fragment = fragmentAt(bytes, at)
    at += RECORD_HEAD_BYTES + fragment.length
    fragments.push(fragment)
    collected += fragment.length
    if (isLengthKnown || collected < HANDSHAKE_HEAD_BYTES) continue
    wanted = lengthOf(Buffer.concat(fragments))
    isLengthKnown = true
  }
  return Buffer.concat(fragments).subarray(HANDSHAKE_HEAD_BYTES, wanted)
}

/** What one record carries. */
function fragmentAt(bytes: Buffer, at: number): Buffer {
  if (bytes.length > at && bytes[at] !== HANDSHAKE_RECORD) throw MALFORMED
  if (bytes.length > at + 1 && bytes[at + 1] !== 3) throw MALFORMED
  if (bytes.length < at + RECORD_HEAD_BYTES) throw INCOMPLETE
  const length = bytes.readUInt16BE(at + 3)
  if (length === 0 || length > MAX_RECORD_BYTES) throw MALFORMED
  const from = at + RECORD_HEAD_BYTES
  if (bytes.length < from + length) throw INCOMPLETE
  return bytes.subarray(from, from + length)
}

/** How long a handshake message is, its head included. */
function lengthOf(message: Buffer): number {
  const length = HANDSHAKE_HEAD_BYTES + message.readUIntBE(1, 3)
  if (message[0] !== CLIENT_HELLO || length > MAX_HELLO_BYTES) throw MALFORMED
  return length
}

const RANDOM_AND_VERSION_BYTES = 34
const SERVER_NAME = 0
const HOST_NAME = 0

function serverNameIn(hello: Fields): string | undefined {
  hello.skip(RANDOM_AND_VERSION_BYTES)
  for (const lengthBytes of [1, 2, 1]) hello.vector(lengthBytes)
  if (hello.isOver) return undefined
  const extensions = hello.vector(2)
  if (!hello.isOver) throw MALFORMED
  let found: string | undefined
  while (!extensions.isOver) {
    const kind = extensions.number(2)
    const content = extensions.vector(2)
    if (kind !== SERVER_NAME) continue
    if (found !== undefined) throw MALFORMED
    found = hostNameIn(content)
  }
  return found
}

/** The list has one name in practice: TLS libraries take no other. */
function hostNameIn(content: Fields): string {
  const list = content.vector(2)
  const kind = list.number(1)
  const name = list.vector(2).text()
  if (kind !== HOST_NAME || name === '' || !list.isOver || !content.isOver) throw MALFORMED
  return name.toLowerCase()
}

/** Reads one field after the other. */
class Fields {
  readonly #bytes: Buffer
  #at = 0

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  get isOver(): boolean {
    return this.#at === this.#bytes.length
  }

  skip(count: number): void {
    this.#take(count)
  }

  number(byteCount: number): number {
    return this.#take(byteCount).readUIntBE(0, byteCount)
  }

  /** A length, and as many bytes. */
  vector(lengthBytes: number): Fields {
    return new Fields(this.#take(this.number(lengthBytes)))
  }

  text(): string {
    return this.#bytes.toString('latin1')
  }

  #take(count: number): Buffer {
    const end = this.#at + count
    if (end > this.#bytes.length) throw MALFORMED
    const taken = this.#bytes.subarray(this.#at, end)
    this.#at = end
    return taken
  }
}
