/** Bits of a word that tell its place; the others tell its owner. */
const PLACE_BITS = 22
const PLACES = 2 ** PLACE_BITS

/**
 * The octets that a request owns: every four of them tell owner and position, so that octets of
 * another request, or from another place, can be seen wherever they stand.
 *
 * @param owner 1 to 1023
 * @param bytes up to 16 MiB
 */
export function contentOf(owner: number, bytes: number): Buffer {
  const words = Math.ceil(bytes / 4)
  const content = Buffer.alloc(words * 4)
  for (let i = 0; i < words; i++) content.writeUInt32BE(owner * PLACES + i, i * 4)
  return content.subarray(0, bytes)
}

/** Undefined where a body is what its owner should have got; else what stands there instead. */
export function whatIsWrong(body: Buffer, owner: number, bytes: number): string | undefined {
  const wanted = contentOf(owner, bytes)
  if (body.equals(wanted)) return undefined
  let at = 0
  while (at < Math.min(bytes, body.length) && body[at] === wanted[at]) at += 1
  const word = at - (at % 4)
  if (word + 4 > body.length) return `${body.length} bytes of ${owner} instead of ${bytes}`
  const found = body.readUInt32BE(word)
  const place = (found % PLACES) * 4
  return `at ${at} of ${owner} (${bytes} bytes) stands what belongs to ${found >>> PLACE_BITS} at ${place}`
}
