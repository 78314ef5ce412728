import { readFileSync } from 'node:fs'
import type { Json } from './http-case.ts'

/** One exchange that was recorded from a real Kong, with the configuration it took place under. */
export interface OracleCase {
  readonly id: string
  /** Settings that differ from the default. */
  readonly settings?: Readonly<Record<string, string>>
  /** Calls of the Admin API, in order, on an empty gateway. */
  readonly config: readonly OracleCall[]
  /** One of these calls is refused, and those after it are not made. */
  readonly refused?: true
  /** How often the same request was sent before this one. */
  readonly earlier?: number
  readonly request: OracleRequest
  /** null: the connection was closed without an answer, or there was none in time. */
  readonly answer: OracleAnswer | null
  /** What the Service received; null when it was not reached. */
  readonly upstream: OracleUpstream | null
}

export interface OracleCall {
  readonly method: string
  readonly path: string
  readonly json?: Json
}

/** Names and values in the order in which they went over the wire. */
export type OracleHeaders = readonly (readonly [name: string, value: string])[]

export interface OracleRequest {
  readonly method: string
  readonly target: string
  readonly headers: OracleHeaders
  readonly body?: string
  readonly http_version?: string
  /** The very octets, as Latin-1, in the place of what the other fields say. */
  readonly raw?: string
}

export interface OracleAnswer {
  readonly status: number
  readonly headers: OracleHeaders
  readonly body: string
  /** Whether the server closed the connection after it. */
  readonly closes: boolean
  /** What followed the body that Content-Length told of. */
  readonly extra_bytes?: string
}

export interface OracleUpstream {
  readonly method: string
  readonly target: string
  readonly headers: OracleHeaders
  readonly body: string
}

/** The recorded suites that come with this package. */
export const ORACLE_SUITES = ['oracle-pdk', 'oracle-functions', 'oracle-http'] as const

/** Reads a recorded suite from the folder `cases` of this package. */
export function loadOracle(name: (typeof ORACLE_SUITES)[number]): readonly OracleCase[] {
  // `cases` is beside `src` and beside `dist`, so the same path is right in both.
  const file = new URL(`../cases/${name}.cases.json`, import.meta.url)
  return JSON.parse(readFileSync(file, 'utf8')) as readonly OracleCase[]
}
