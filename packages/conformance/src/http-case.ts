import { conformanceErrors } from './errors.ts'

/** What JSON can hold. */
export type Json =
  | null
  | boolean
  | number
  | string
  | readonly Json[]
  | { readonly [name: string]: Json }

/** One behaviour of a gateway, told as requests and what must be answered to them. */
export interface HttpCase {
  readonly id: string
  /** Where the behaviour is described or was seen. */
  readonly source?: string
  /** Plugins that must be configurable, beyond those that every case may use. */
  readonly needs?: readonly string[]
  readonly steps: readonly HttpStep[]
}

/**
 * One request and its expected answer. `{{name}}` in any string is replaced by what an earlier step
 * saved; a string that is nothing else keeps the type of the saved value. Known from the start:
 * `upstream_url`, `upstream_host`, `upstream_port`, `upstream_hostport` of the echo upstream.
 *
 * At most one of `json`, `form`, `multipart` and `body` is sent; the first three set Content-Type
 * unless `headers` does.
 */
export interface HttpStep {
  readonly port: 'admin' | 'proxy'
  readonly method?: string
  readonly path?: string
  /** A list sends the header as often as it has items; null items are left out. */
  readonly headers?: { readonly [name: string]: Json }
  readonly json?: Json
  /** Text as it stands, or names and values. */
  readonly form?: Json
  /** Names and values; an object `{ filename, type, content }` is a file. */
  readonly multipart?: Json
  readonly body?: Json
  /** Waits before the request, in milliseconds. */
  readonly wait_ms?: number
  readonly expect?: Expectation
}

/**
 * What an answer must be. A string `~/.../` is a regular expression, `<any>` is anything that is there.
 */
export interface Expectation {
  /** A list: one of them. */
  readonly status?: number | readonly number[]
  /** Objects may have more fields than told, lists may not; null also takes what is missing. */
  readonly json_subset?: Json
  /** Equal but for the order of fields. */
  readonly json_equals?: Json
  /** Paths such as `json.data.0.id` that must lead nowhere. */
  readonly json_absent?: string | readonly string[]
  readonly body?: string
  readonly body_contains?: string | readonly string[]
  /** null: must be absent; true: must be there; a list: as often as it has items, in order. */
  readonly headers?: { readonly [name: string]: Json }
  /** Names for parts of the answer, for later steps: `{ "id": "json.id" }`. */
  readonly save?: { readonly [name: string]: string }
}

/** A value where a request needs text: a string as it stands, anything else as JSON. */
export function textOf(value: Json | undefined): string {
  return typeof value === 'string' ? value : String(JSON.stringify(value))
}

/**
 * Takes data as a list of cases after looking at its shape.
 *
 * @throws POSTERN_CONFORMANCE_CASE_INVALID
 */
export function parseHttpCases(data: unknown): readonly HttpCase[] {
  if (!Array.isArray(data)) throw conformanceErrors.CASE_INVALID('the file', 'not a list of cases')
  const seen = new Set<string>()
  data.forEach((entry: unknown, index) => {
    const problem = problemOf(entry) ?? repeated(entry as HttpCase, seen)
    if (problem !== undefined) throw conformanceErrors.CASE_INVALID(`case ${index}`, problem)
  })
  return data as readonly HttpCase[]
}

const PAYLOADS = ['json', 'form', 'multipart', 'body'] as const

function problemOf(entry: unknown): string | undefined {
  if (!isObject(entry) || typeof entry['id'] !== 'string') return 'it has no id'
  const steps = entry['steps']
  if (!Array.isArray(steps) || steps.length === 0)
    return `${JSON.stringify(entry['id'])} has no steps`
  const bad = steps.findIndex((step: unknown) => !isStep(step))
  return bad < 0 ? undefined : `step ${bad + 1} of ${JSON.stringify(entry['id'])} is not a request`
}

function isStep(step: unknown): boolean {
  if (!isObject(step)) return false
  const payloads = PAYLOADS.filter((name) => step[name] !== undefined)
  return (step['port'] === 'admin' || step['port'] === 'proxy') && payloads.length <= 1
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

function repeated({ id }: HttpCase, seen: Set<string>): string | undefined {
  if (seen.has(id)) return `the id ${JSON.stringify(id)} stands there twice`
  seen.add(id)
  return undefined
}
