// Over 100 lines: what two products say differently stands in tables beside what compares.
import { parseJson } from '../check-answer.ts'
import type { OracleOutcome } from '../compare-oracle.ts'
import type { Json } from '../http-case.ts'
import type { OracleAnswer, OracleCase, OracleHeaders, OracleUpstream } from '../oracle-case.ts'
import { createPlaceholders, type Placeholders } from '../placeholders.ts'

/**
 * Compares an answer with what APISIX answered: the status, the headers that functions and plugins
 * set, the body (JSON by value), and what of the client's request reached the Service. One line for
 * each difference.
 *
 * Not compared is what each product has of its own: see the tables below.
 */
export function compareApisix(
  { request, answer, upstream }: OracleCase,
  got: OracleOutcome,
): string[] {
  const placeholders = createPlaceholders()
  const names = [...new Set(request.headers.map(([name]) => name.toLowerCase()))]
  return [
    ...compareAnswers(answer, got.answer, placeholders),
    ...compareUpstream(upstream, got.upstream, [...names, 'x-consumer-username']),
  ]
}

/** Headers of the message, and those by which a product tells of itself. */
const OWN_HEADERS =
  /^(?:connection|content-length|content-type|date|keep-alive|server|transfer-encoding|via|x-apisix-upstream-status|x-kong-.*)$/

/** The type of everything that nothing else was said of. */
const APISIX_TYPE = 'text/plain; charset=utf-8'
/** The page of nginx for a status without a body. */
const NGINX_PAGE = /^<html>\r\n<head><title>\d{3} .*<center>openresty<\/center>/s

/** Texts of APISIX's plugins and what Kong's say instead. */
const TEXTS: ReadonlyMap<string, string> = new Map([
  ['Missing API key in request', 'No API key found in request'],
  ['Invalid API key in request', 'Unauthorized'],
  // The realm that APISIX has where none is configured.
  ['apikey realm="key"', 'Key'],
])

/** Whole bodies, by their JSON text. */
const BODIES: ReadonlyMap<string, Json> = new Map([
  ['{"error_msg":"404 Route Not Found"}', { message: 'no Route matched with those values' }],
])

function compareAnswers(
  want: OracleAnswer | null,
  got: OracleAnswer | undefined,
  placeholders: Placeholders,
): string[] {
  if (want === null || got === undefined) {
    if (want === null && got === undefined) return []
    return [`answer: want ${want?.status ?? 'none'}, got ${got?.status ?? 'none'}`]
  }
  return [
    ...(want.status === got.status ? [] : [`status: want ${want.status}, got ${got.status}`]),
    ...compareHeaders(want.headers, got.headers, placeholders),
    ...compareTypes(want, got),
    ...compareBodies(want.body, got.body),
  ]
}

function compareHeaders(
  want: OracleHeaders,
  got: OracleHeaders,
  placeholders: Placeholders,
): string[] {
  const [wanted, set] = [valuesByName(want), valuesByName(got)]
  return [...new Set([...wanted.keys(), ...set.keys()])].flatMap((name) => {
    const expected = (wanted.get(name) ?? []).map(headerText)
    const values = set.get(name) ?? []
    const isSame =
      expected.length === values.length &&
      expected.every((value, i) => placeholders.match(value, values[i] as string))
    return isSame ? [] : [`${name}: want ${show(expected)}, got ${show(values)}`]
  })
}

function headerText(value: string): string {
  return TEXTS.get(value) ?? value.replace(/^apikey realm=/, 'Key realm=')
}

function valuesByName(headers: OracleHeaders): Map<string, string[]> {
  const found = new Map<string, string[]>()
  for (const [name, value] of headers) {
    const lower = name.toLowerCase()
    if (!OWN_HEADERS.test(lower)) found.set(lower, [...(found.get(lower) ?? []), value])
  }
  return found
}

/** Only a type that somebody set; without the charset, which both add to texts. */
function compareTypes(want: OracleAnswer, got: OracleAnswer): string[] {
  const [wanted, type] = [typeOf(want), typeOf(got)]
  if (wanted === undefined || wanted === APISIX_TYPE || NGINX_PAGE.test(want.body)) return []
  // An answer without a body has no type; nginx tells its default all the same.
  if (want.body === '' && got.body === '') return []
  const isSame = mediaType(wanted) === mediaType(type)
  return isSame ? [] : [`content-type: want ${show(wanted)}, got ${show(type)}`]
}

function typeOf({ headers }: OracleAnswer): string | undefined {
  return headers.find(([name]) => name.toLowerCase() === 'content-type')?.[1]
}

function mediaType(type: string | undefined): string | undefined {
  return type?.split(';')[0]?.toLowerCase()
}

function compareBodies(want: string, got: string): string[] {
  const value = ownError(got) ?? parseJson(got)
  if (NGINX_PAGE.test(want) && (got === '' || ownError(got) !== undefined)) return []
  const wanted = parseJson(want)
  const expected = wanted === undefined ? want : translate(wanted)
  // Functions get an error of the gateway with the id of the request beside the message.
  const shown = value === undefined ? got : withoutId(value, expected)
  const isSame = show(sorted(shown)) === show(sorted(expected))
  return isSame ? [] : [`body: want ${show(expected)}, got ${show(shown)}`]
}

/** An error that the gateway or a plugin made, in the form that the client's Accept asks for. */
function ownError(body: string): Json | undefined {
  const message = OWN_ERRORS.map((form) => form.exec(body)?.[1]).find((text) => text !== undefined)
  return message === undefined ? undefined : { message }
}

const OWN_ERRORS: readonly RegExp[] = [
  /^\{\s*"message":"([^"]*)",\s*"request_id":"[0-9a-f]{32}"\s*\}$/,
  /^(.*)\nrequest_id: [0-9a-f]{32}\n$/,
  /^<!doctype html>.*<p>([^<]*)\.<\/p>\s*<p>request_id: [0-9a-f]{32}<\/p>/s,
]

function withoutId(value: Json, expected: Json): Json {
  if (!isRecord(value) || (isRecord(expected) && 'request_id' in expected)) return value
  const { request_id: _id, ...others } = value
  return others
}

function translate(value: Json): Json {
  const whole = BODIES.get(JSON.stringify(value))
  if (whole !== undefined) return whole
  if (typeof value === 'string') return TEXTS.get(value) ?? value
  if (!isRecord(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, translate(one)]))
}

/** Tables of Lua have no order. */
function sorted(value: Json): Json {
  if (!isRecord(value)) return value
  const entries = Object.entries(value).map(([key, one]) => [key, sorted(one)] as const)
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)))
}

function isRecord(value: Json | undefined): value is { readonly [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function compareUpstream(
  want: OracleUpstream | null,
  got: readonly OracleUpstream[],
  names: readonly string[],
): string[] {
  const [first] = got
  if (want === null || first === undefined) {
    const isSame = (want === null) === (first === undefined)
    return isSame
      ? []
      : [`the Service: want ${want === null ? 'no request' : 'one'}, got ${got.length}`]
  }
  const [wanted, seen] = [seenBy(want, names), seenBy(first, names)]
  return wanted === seen ? [] : [`the Service: want ${wanted}, got ${seen}`]
}

function seenBy(
  { method, target, body, headers }: OracleUpstream,
  names: readonly string[],
): string {
  const values = valuesByName(headers)
  return show([method, target, body, names.map((name) => values.get(name) ?? [])])
}

function show(value: unknown): string {
  return JSON.stringify(value)
}
