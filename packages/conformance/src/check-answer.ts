import { isDeepStrictEqual } from 'node:util'
import type { Expectation, Json } from './http-case.ts'
import type { WireAnswer } from './send-request.ts'

/** Compares an answer with what was expected; one line for each difference, none when it holds. */
export function checkAnswer(expected: Expectation, answer: WireAnswer): string[] {
  const json = parseJson(answer.body)
  return [
    ...checkStatus(expected.status, answer),
    ...(expected.json_subset === undefined ? [] : checkSubset(expected.json_subset, json, 'json')),
    ...checkEqual(expected.json_equals, json, answer.body),
    ...listOf(expected.json_absent)
      .filter((path) => lookUp(json, path) !== undefined)
      .map((path) => `${path}: should be absent, is ${show(lookUp(json, path))}`),
    ...checkBody(expected, answer.body),
    ...Object.entries(expected.headers ?? {}).flatMap(([name, value]) =>
      checkHeader(name, value, answer.headers[name.toLowerCase()]),
    ),
  ]
}

/** The part of a JSON value that a path such as `json.data.0.id` leads to. */
export function lookUp(json: Json | undefined, path: string): Json | undefined {
  const names = path
    .replace(/^json\.?/, '')
    .split('.')
    .filter(Boolean)
  return names.reduce<Json | undefined>((value, name) => {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined
    return (value as Readonly<Record<string, Json>>)[name]
  }, json)
}

/** Undefined when the text is not JSON. */
export function parseJson(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json
  } catch {
    // An answer need not be JSON; an expectation about its JSON then finds nothing.
    return undefined
  }
}

function checkStatus(expected: Expectation['status'], { status, body }: WireAnswer): string[] {
  if (expected === undefined || listOf(expected).includes(status)) return []
  return [`status: want ${listOf(expected).join(' or ')}, got ${status} ${body.slice(0, 160)}`]
}

function checkSubset(want: Json, got: Json | undefined, at: string): string[] {
  if (want === '<any>') return got === undefined ? [`${at}: missing`] : []
  const pattern = patternOf(want)
  if (pattern !== undefined) return checkPattern(pattern, got, at)
  if (Array.isArray(want)) return checkItems(want, got, at)
  if (typeof want === 'object' && want !== null) {
    if (typeof got !== 'object' || got === null) return [`${at}: want an object, got ${show(got)}`]
    return Object.entries(want).flatMap(([name, inner]) =>
      checkSubset(inner, lookUpField(got, name), `${at}.${name}`),
    )
  }
  if (want === got || (want === null && got === undefined)) return []
  return [`${at}: want ${show(want)}, got ${show(got)}`]
}

function checkItems(want: readonly Json[], got: Json | undefined, at: string): string[] {
  if (!Array.isArray(got) || got.length !== want.length) {
    return [`${at}: want ${show(want)}, got ${show(got)}`]
  }
  return want.flatMap((item, index) => checkSubset(item, got[index] as Json, `${at}[${index}]`))
}

function lookUpField(object: Json & object, name: string): Json | undefined {
  return Object.hasOwn(object, name) ? (object as Readonly<Record<string, Json>>)[name] : undefined
}

function checkEqual(want: Json | undefined, got: Json | undefined, body: string): string[] {
  if (want === undefined || isDeepStrictEqual(want, got)) return []
  return [`json: want ${show(want)}, got ${body.slice(0, 300)}`]
}

function checkBody(expected: Expectation, body: string): string[] {
  const differs = expected.body !== undefined && expected.body !== body
  return [
    ...(differs ? [`body: want ${show(expected.body)}, got ${show(body.slice(0, 200))}`] : []),
    ...listOf(expected.body_contains)
      .filter((part) => !body.includes(part))
      .map((part) => `body: lacks ${show(part)}`),
  ]
}

function checkHeader(name: string, want: Json, got: string | string[] | undefined): string[] {
  const at = `header ${name}`
  if (want === null) return got === undefined ? [] : [`${at}: should be absent, is ${show(got)}`]
  if (want === true || want === '<any>') return got === undefined ? [`${at}: missing`] : []
  const pattern = patternOf(want)
  if (pattern !== undefined) return checkPattern(pattern, got, at)
  const same = isDeepStrictEqual(listOf(want), listOf(got))
  return same ? [] : [`${at}: want ${show(want)}, got ${show(got)}`]
}

/** The expression in `~/.../`. */
function patternOf(want: Json): RegExp | undefined {
  const isPattern = typeof want === 'string' && /^~\/.+\/$/s.test(want)
  return isPattern ? new RegExp(want.slice(2, -1)) : undefined
}

function checkPattern(pattern: RegExp, got: unknown, at: string): string[] {
  if (typeof got === 'string' && pattern.test(got)) return []
  return [`${at}: ${show(got)} does not match ${pattern}`]
}

function listOf<T>(value: T | readonly T[] | undefined): readonly T[] {
  if (value === undefined) return []
  return Array.isArray(value) ? (value as readonly T[]) : [value as T]
}

function show(value: unknown): string {
  return value === undefined ? 'nothing' : JSON.stringify(value)
}
