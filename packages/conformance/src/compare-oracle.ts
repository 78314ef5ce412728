import type { OracleAnswer, OracleHeaders, OracleUpstream } from './oracle-case.ts'
import { parseJson } from './check-answer.ts'
import type { Json } from './http-case.ts'
import { createPlaceholders, type Placeholders } from './placeholders.ts'

/** What came instead of what was recorded. */
export interface OracleOutcome {
  readonly answer: OracleAnswer | undefined
  readonly upstream: readonly OracleUpstream[]
}

/**
 * Compares an answer with the recorded one: the status, the headers (in order only within one name),
 * the body, whether the connection stays open, and what the Service received. One line for each
 * difference.
 *
 * JSON is compared by value, numbers to the 15 digits that every encoder writes. Not compared: the
 * reason phrase, which HTTP clients ignore, the length of a JSON text, and whether a body was sent
 * in chunks, which is up to each connection.
 */
export function compareOracle(
  expected: { readonly answer: OracleAnswer | null; readonly upstream: OracleUpstream | null },
  got: OracleOutcome,
): string[] {
  const placeholders = createPlaceholders()
  return [
    ...compareAnswers(expected.answer, got.answer, placeholders),
    ...compareUpstream(expected.upstream, got.upstream, placeholders),
  ]
}

function compareAnswers(
  want: OracleAnswer | null,
  got: OracleAnswer | undefined,
  placeholders: Placeholders,
): string[] {
  if (want === null || got === undefined) {
    if (want === null && got === undefined) return []
    return [`answer: want ${show(want?.status ?? 'none')}, got ${show(got?.status ?? 'none')}`]
  }
  const isBody = compareBodies(want.body, got.body, placeholders)
  return [
    ...(want.status === got.status ? [] : [`status: want ${want.status}, got ${got.status}`]),
    ...compareHeaders(want, got, placeholders),
    ...(isBody ? [] : [`body: want ${show(want.body)}, got ${show(got.body)}`]),
    ...(want.closes === got.closes ? [] : [`closes: want ${want.closes}, got ${got.closes}`]),
    ...(want.extra_bytes === got.extra_bytes ? [] : ['bytes after the body differ']),
  ]
}

const FRAMING = new Set(['content-length', 'transfer-encoding', 'connection', 'keep-alive'])

function compareHeaders(
  want: OracleAnswer,
  got: OracleAnswer,
  placeholders: Placeholders,
): string[] {
  return [
    ...compareGroups(groupOf(want.headers), groupOf(got.headers), placeholders),
    ...compareLengths(want, got),
  ]
}

function compareGroups(
  want: ReadonlyMap<string, readonly string[]>,
  got: ReadonlyMap<string, readonly string[]>,
  placeholders: Placeholders,
): string[] {
  const names = new Set([...want.keys(), ...got.keys()])
  return [...names].flatMap((name) => {
    const wanted = want.get(name) ?? []
    const values = got.get(name) ?? []
    const isSame =
      wanted.length === values.length &&
      wanted.every((value, i) => placeholders.match(value, values[i] as string))
    return isSame ? [] : [`${name}: want ${show(wanted)}, got ${show(values)}`]
  })
}

/** Names as they were written: a capital in another place is a difference too. */
function groupOf(headers: OracleHeaders): Map<string, string[]> {
  const groups = new Map<string, string[]>()
  for (const [name, value] of headers) {
    if (!FRAMING.has(name.toLowerCase())) groups.set(name, [...(groups.get(name) ?? []), value])
  }
  return groups
}

function compareLengths(want: OracleAnswer, got: OracleAnswer): string[] {
  if (parseJson(want.body) !== undefined) return []
  const [wanted, length] = [want, got].map(lengthOf)
  // A body in chunks has none.
  if (wanted === length || isChunked(want) || isChunked(got)) return []
  const isHead = want.body === '' && got.body === ''
  // HEAD: the length is that of a text that is not seen.
  if (isHead && wanted !== undefined && length !== undefined) return []
  return [`Content-Length: want ${wanted}, got ${length}`]
}

function lengthOf({ headers }: OracleAnswer): string | undefined {
  return headers.find(([name]) => name.toLowerCase() === 'content-length')?.[1]
}

function isChunked({ headers }: OracleAnswer): boolean {
  return headers.some(([name]) => name.toLowerCase() === 'transfer-encoding')
}

function compareBodies(want: string, got: string, placeholders: Placeholders): boolean {
  if (placeholders.match(want, got)) return true
  const [wanted, value] = [parseJson(want), parseJson(got)]
  if (wanted === undefined || value === undefined) return false
  return compareJson(wanted, value, placeholders)
}

function compareJson(want: Json, got: Json | undefined, placeholders: Placeholders): boolean {
  if (typeof want === 'string') return placeholders.match(want, textOf(got))
  if (typeof want === 'number') {
    return typeof got === 'number' && want.toPrecision(15) === got.toPrecision(15)
  }
  if (typeof want !== 'object' || want === null) return want === got
  if (typeof got !== 'object' || got === null) return false
  if (Array.isArray(want) !== Array.isArray(got)) return false
  const [wanted, fields] = [want, got] as readonly Readonly<Record<string, Json>>[]
  const keys = Object.keys(wanted ?? {})
  if (keys.length !== Object.keys(fields ?? {}).length) return false
  return keys.every((key) => compareJson(wanted?.[key] as Json, fields?.[key], placeholders))
}

function textOf(value: Json | undefined): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}

function compareUpstream(
  want: OracleUpstream | null,
  got: readonly OracleUpstream[],
  placeholders: Placeholders,
): string[] {
  const [first] = got
  if (want === null || first === undefined) {
    return (want === null) === (first === undefined)
      ? []
      : [`the Service: want ${want === null ? 'no request' : 'one'}, got ${got.length}`]
  }
  const differences = compareGroups(lower(want.headers), lower(first.headers), placeholders)
  if (want.method !== first.method)
    differences.push(`method: want ${want.method}, got ${first.method}`)
  if (want.target !== first.target)
    differences.push(`target: want ${want.target}, got ${first.target}`)
  if (want.body !== first.body)
    differences.push(`body: want ${show(want.body)}, got ${show(first.body)}`)
  return differences.map((line) => `the Service saw ${line}`)
}

/** Names to a Service are not compared letter by letter: an HTTP/2 Service would see none. */
function lower(headers: OracleHeaders): Map<string, string[]> {
  return groupOf(headers.map(([name, value]) => [name.toLowerCase(), value] as const))
}

function show(value: unknown): string {
  const text = JSON.stringify(value)
  return text.length > 300 ? `${text.slice(0, 300)}...` : text
}
