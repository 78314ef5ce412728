import { randomBytes } from 'node:crypto'

/** Ids made from one draw of randomness. */
const BATCH = 128
const DIGITS = 32

let digits = ''
let used = 0

/**
 * A new request id: 32 lower-case hex digits, as Kong's.
 *
 * Randomness is drawn and written for many ids at once, because that costs more than the rest of an id.
 */
export function newRequestId(): string {
  if (used === digits.length) {
    digits = randomBytes((BATCH * DIGITS) / 2).toString('hex')
    used = 0
  }
  used += DIGITS
  return digits.slice(used - DIGITS, used)
}
