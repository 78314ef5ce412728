import { dataOfErrorBody, type ExitBody } from '@postern/pdk-response'

/**
 * The body as functions see it: JSON text of an object or an array decoded, everything else as it is.
 *
 * Bytes become a string; bytes that are not UTF-8 stay bytes, for the engine to show as it can.
 * Text of a lone `false` or `"x"` stays text: Kong decoded it once and answered 500
 * (changelog of Kong Gateway 3.15).
 */
export function decodeBody(body: ExitBody | undefined): ExitBody | undefined {
  if (typeof body === 'string') return dataOfErrorBody(body) ?? decodeText(body)
  if (!(body instanceof Uint8Array)) return body
  const text = textOf(body)
  return text === undefined ? body : decodeText(text)
}

/** Whether a string is JSON text of an object or an array. */
export function isJsonText(text: string): boolean {
  return typeof decodeText(text) === 'object'
}

const OPENS_JSON = /^\s*[[{]/

function decodeText(text: string): string | object {
  if (!OPENS_JSON.test(text)) return text
  try {
    return JSON.parse(text) as object
  } catch {
    // Not JSON after all: then it is text.
    return text
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

function textOf(bytes: Uint8Array): string | undefined {
  try {
    return utf8.decode(bytes)
  } catch {
    // Not UTF-8.
    return undefined
  }
}
