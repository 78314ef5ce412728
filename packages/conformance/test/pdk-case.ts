import { readFileSync } from 'node:fs'

/** A call of a function below `kong`, or of the harness (`$raise`, `$send_headers`). */
export type PdkCall = readonly [name: string, ...args: unknown[]]

/** What another plugin does in the same request. */
interface OtherHandler {
  readonly phase: string
  readonly calls: readonly PdkCall[]
}

/** A value, several lines, or null for none. */
export type ExpectedHeaders = Readonly<Record<string, unknown>>

/** What is to be so after a case; a field that is not there is not looked at. */
export interface PdkExpectation {
  readonly status?: number
  readonly headers?: ExpectedHeaders
  readonly body?: string
  readonly body_match?: string
  readonly json?: unknown
  readonly json_has?: Readonly<Record<string, unknown>>
  readonly error?: string
  readonly errors?: readonly (string | null)[]
  readonly returns?: readonly (readonly unknown[] | null)[]
  readonly last_returns?: readonly (readonly unknown[] | null)[]
  readonly lookup?: Readonly<Record<string, unknown>>
  readonly log?: string
  readonly nolog?: string
  readonly error_log?: string
  readonly flush_error?: string
  readonly closed?: boolean
  readonly stream_output?: string
  readonly finalize?: number
}

/** One recorded use of the PDK in one request. */
export interface PdkCase {
  readonly id: string
  readonly kind: string
  readonly source: string
  readonly phase: string
  readonly calls: readonly PdkCall[]
  readonly before?: readonly OtherHandler[]
  readonly also?: readonly OtherHandler[]
  readonly context?: {
    readonly http_version?: number
    readonly proxied?: boolean
    readonly exited?: boolean
    readonly unexpected?: boolean
    readonly subsystem?: string
    readonly harness?: string
  }
  readonly request?: {
    readonly method?: string
    readonly path?: unknown
    readonly headers?: Readonly<Record<string, string | readonly string[]>>
    readonly body?: string
  }
  readonly upstream?: {
    readonly status?: number
    readonly headers?: Readonly<Record<string, string | readonly string[]>>
    readonly body?: string
    readonly chunks?: readonly string[]
    readonly header_flood?: number
    readonly fault?: 'refused' | 'timeout' | 'dns'
  }
  readonly quirk?: boolean
  readonly superseded?: string
  readonly expect: PdkExpectation
}

/** The recorded cases of one kind that bind. */
export function readPdkCases(kind: string): readonly PdkCase[] {
  const file = new URL('../cases/pdk-response.cases.json', import.meta.url)
  const cases = JSON.parse(readFileSync(file, 'utf8')) as readonly PdkCase[]
  return cases.filter((test) => test.kind === kind && test.superseded === undefined)
}

/** The value forms of the cases: functions, tables with numbers as keys, long texts. */
export function valueOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(valueOf)
  if (typeof value !== 'object' || value === null) return value
  const form = value as Readonly<Record<string, unknown>>
  if (form['$type'] === 'function') return () => undefined
  if (typeof form['$repeat'] === 'string') return form['$repeat'].repeat(Number(form['n']))
  if (Array.isArray(form['$concat'])) return form['$concat'].map(valueOf).join('')
  if (typeof form['$intkeys'] === 'object' && form['$intkeys'] !== null) {
    return new Map(Object.entries(form['$intkeys']).map(([key, one]) => [Number(key), one]))
  }
  return Object.fromEntries(Object.entries(form).map(([key, one]) => [key, valueOf(one)]))
}
