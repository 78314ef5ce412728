import type { ExitHeaders } from '@postern/pdk-response'
import { readHeaders } from './read-headers.ts'
import { isSameData } from './same-data.ts'

/** Objects and arrays nested deeper than this are no body: writing them as JSON could fail. */
const MAX_DEPTH = 512

/** An answer that can be sent, or why it cannot. */
export type CheckedAnswer =
  | {
      readonly ok: true
      readonly status: number
      readonly body: string | Uint8Array | object | undefined
      readonly headers: ExitHeaders | undefined
    }
  | { readonly ok: false; readonly reason: string }

/**
 * Checks the three values of an answer: the status, then the body, then the headers.
 *
 * A fraction is cut off the status, as Kong's server does. 1xx is refused although Kong's range
 * begins at 100: an interim response ends no request, so its client would wait for ever.
 * Headers that are as they were are not looked at.
 */
export function checkAnswer(
  answer: { readonly status: unknown; readonly body: unknown; readonly headers: unknown },
  input: { readonly status: number; readonly headers: ExitHeaders | undefined },
): CheckedAnswer {
  const status = answer.status ?? input.status
  if (typeof status !== 'number' || !Number.isFinite(status)) {
    return refuse(`status must be a number, got ${kindOf(status)}`)
  }
  const whole = Math.trunc(status)
  if (whole < 200 || whole > 599) return refuse(`status must be from 200 to 599, got ${whole}`)
  const body = answer.body ?? undefined
  if (!isBody(body)) return refuse(`body must be a string, an object or nothing: ${kindOf(body)}`)
  if (typeof body === 'object' && !isData(body, 0)) {
    return refuse(`body has no JSON form, or is nested deeper than ${MAX_DEPTH}`)
  }
  const headers = isSameData(input.headers, answer.headers)
    ? input.headers
    : readHeaders(answer.headers ?? undefined)
  if (typeof headers === 'string') return refuse(headers)
  return { ok: true, status: whole, body, headers }
}

function refuse(reason: string): CheckedAnswer {
  return { ok: false, reason }
}

function isBody(body: unknown): body is string | Uint8Array | object | undefined {
  return body === undefined || typeof body === 'string' || typeof body === 'object'
}

/** Walks at most MAX_DEPTH deep, so a cycle is found as well. */
function isData(value: unknown, depth: number): boolean {
  if (typeof value !== 'object' || value === null) {
    return typeof value !== 'bigint' && typeof value !== 'function' && typeof value !== 'symbol'
  }
  if (value instanceof Uint8Array) return depth === 0
  if (depth >= MAX_DEPTH) return false
  for (const key in value) {
    if (!isData((value as Readonly<Record<string, unknown>>)[key], depth + 1)) return false
  }
  return true
}

function kindOf(value: unknown): string {
  if (typeof value === 'number') return String(value)
  if (value === null) return 'null'
  return Array.isArray(value) ? 'an array' : `a ${typeof value}`
}
