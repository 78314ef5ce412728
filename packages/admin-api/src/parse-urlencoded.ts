import type { NamedValue } from './expand-names.ts'
import { refuse } from './refusal.ts'

/**
 * Reads a urlencoded form. A name without `=` has the value true, as in nginx; a `%` that begins no
 * code stays one.
 *
 * @throws Refusal 400 when text is not UTF-8
 */
export function parseUrlencoded(bytes: Uint8Array): NamedValue[] {
  const pairs = Buffer.from(bytes).toString('latin1').split('&')
  return pairs.filter((pair) => pair !== '' && !pair.startsWith('=')).map(parsePair)
}

function parsePair(pair: string): NamedValue {
  const end = pair.indexOf('=')
  if (end === -1) return [decode(pair), true]
  return [decode(pair.slice(0, end)), decode(pair.slice(end + 1))]
}

/** Bytes as Latin-1 text, so that `%` codes and raw bytes may stand beside each other. */
function decode(text: string): string {
  const raw = text
    .replaceAll('+', ' ')
    .replace(/%([0-9a-f]{2})/gi, (_, code: string) =>
      String.fromCharCode(Number.parseInt(code, 16)),
    )
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(
      Buffer.from(raw, 'latin1'),
    )
  } catch {
    throw refuse(400, 'Cannot parse form body')
  }
}
