import type { SeenResponses } from '@postern/conformance'
import type { EscapeCase, EscapeOutcome, EscapeResponse } from './escape-case.ts'

/** The exit that every function is given. */
export const ORIGINAL = {
  status: 401,
  body: { message: 'No API key found in request' },
  headers: { 'Content-Type': 'application/json', 'X-Orig': 'yes' },
}

/** What came of a case. */
export interface PlayedEscape {
  readonly outcome: EscapeOutcome
  /** Undefined where it was not saved. */
  readonly seen?: SeenResponses
  readonly tookMs: number
}

/** Far beyond what an answer may take, in ms: on a busy machine it is the machine that is slow. */
const MAX_WAIT_MS = 10_000

/** Why a case does not hold. */
export function judgeEscape(attack: EscapeCase, played: PlayedEscape): string[] {
  const { outcome, seen, tookMs } = played
  const allowed = [attack.expect, ...(attack.also_ok ?? [])]
  const reasons = allowed.includes(outcome) ? [] : [`${outcome}, not ${allowed.join(' or ')}`]
  if (tookMs > MAX_WAIT_MS) reasons.push(`an answer after ${Math.round(tookMs)} ms`)
  if (seen === undefined) return reasons
  if (seen.bad !== undefined) reasons.push(seen.bad)
  // The one behind it is an answer of another Route: nothing of a body or a header became one.
  const [first, behind, ...others] = seen.finals
  if (first === undefined || behind?.status !== 204 || others.length > 0) {
    return [
      ...reasons,
      `answers ${seen.finals.map(({ status }) => status).join()}, not one and 204`,
    ]
  }
  const { status, fields, body } = first
  const response = { status, headers: new Map(fields), body }
  const wanted = outcome === 'contained' ? (attack.response ?? {}) : { equals_original: true }
  return [...reasons, ...judgeResponse(wanted, response)]
}

interface Sent {
  readonly status: number
  readonly headers: ReadonlyMap<string, string>
  readonly body: Buffer
}

function judgeResponse(wanted: EscapeResponse, { status, headers, body }: Sent): string[] {
  const text = body.toString()
  const reasons: string[] = []
  const mustNot = (broken: boolean, reason: string): void => {
    if (broken) reasons.push(`${reason}: ${status} ${text.slice(0, 120)}`)
  }
  mustNot(wanted.status !== undefined && status !== wanted.status, `not ${wanted.status}`)
  mustNot(wanted.equals_original === true && !isOriginal(status, headers, text), 'not the original')
  mustNot(wanted.no_body === true && text !== '', 'a body')
  mustNot(wanted.valid_utf8 === true && !isUtf8(body), 'no UTF-8')
  mustNot(!equalsBody(wanted, text), `not ${JSON.stringify(wanted.body_equals)}`)
  for (const word of wanted.body_must_not_contain ?? []) mustNot(text.includes(word), word)
  const pattern = wanted.body_must_not_match
  mustNot(pattern !== undefined && new RegExp(pattern).test(text), String(pattern))
  for (const name of wanted.headers_absent ?? []) mustNot(headers.has(name), `header ${name}`)
  return reasons
}

function isOriginal(status: number, headers: ReadonlyMap<string, string>, text: string): boolean {
  const isSame = status === ORIGINAL.status && text === JSON.stringify(ORIGINAL.body)
  return isSame && headers.get('x-orig') === 'yes'
}

function isUtf8(body: Buffer): boolean {
  return Buffer.from(body.toString()).equals(body)
}

function equalsBody({ body_equals: wanted }: EscapeResponse, text: string): boolean {
  if (wanted === undefined || text === wanted) return true
  return JSON.stringify(wanted) === text
}
