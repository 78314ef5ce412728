import { isDeepStrictEqual } from 'node:util'
import type { ExitDiff } from '@postern/exit-transformer'
import type { ExpectedAnswer } from './exit-tests.ts'
import type { TriedExit } from './tried-exit.ts'

/** A part of an answer that is not what was expected. */
export interface Mismatch {
  /** `status`, `body`, or `header X-Name`. */
  readonly part: string
  /** Data, text, or undefined for nothing at all. */
  readonly expected: unknown
  readonly got: unknown
  /** Instead of the two, where nothing was to change. */
  readonly changes?: ExitDiff
}

/** What is different between a response and what was expected; empty when nothing is. */
export function compareAnswer(
  expected: ExpectedAnswer,
  response: TriedExit['response'],
): readonly Mismatch[] {
  return [
    ...compareStatus(expected, response),
    ...compareHeaders(expected, response),
    ...compareBody(expected, response),
  ]
}

function compareStatus(
  { status }: ExpectedAnswer,
  response: TriedExit['response'],
): readonly Mismatch[] {
  if (status === undefined || status === response.status) return []
  return [{ part: 'status', expected: status, got: response.status }]
}

function compareHeaders(
  { headers = {} }: ExpectedAnswer,
  response: TriedExit['response'],
): readonly Mismatch[] {
  const sent = new Map(
    Object.entries(response.headers).map(([name, value]) => [name.toLowerCase(), value]),
  )
  return Object.entries(headers).flatMap(([name, value]) => {
    const expected = value === null ? undefined : textsOf(value)
    const got = sent.get(name.toLowerCase())
    const isSame = isDeepStrictEqual(expected, got === undefined ? undefined : textsOf(got))
    return isSame ? [] : [{ part: `header ${name}`, expected: value ?? undefined, got }]
  })
}

function textsOf(value: string | number | readonly string[]): readonly string[] {
  return [value].flat().map(String)
}

function compareBody(
  { body }: ExpectedAnswer,
  response: TriedExit['response'],
): readonly Mismatch[] {
  if (body === undefined) return []
  const expected = decoded(body ?? '')
  const got = decoded(response.body)
  return isDeepStrictEqual(expected, got) ? [] : [{ part: 'body', expected, got }]
}

/** JSON text of an object or an array as data; the rest as it is; nothing for no body. */
function decoded(body: string | object): unknown {
  if (body === '') return undefined
  // Through JSON: what the tests of a module hold may be no plain data, and the response is.
  if (typeof body !== 'string') return JSON.parse(JSON.stringify(body))
  try {
    const value: unknown = JSON.parse(body)
    return typeof value === 'object' && value !== null ? value : body
  } catch {
    // Text.
    return body
  }
}
