import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { InlineCall } from './plugins/inline-plugin.ts'

/** One recorded exchange with a whole gateway. */
export interface GatewayCase {
  readonly id: string
  readonly kind: string
  readonly request: {
    readonly method?: string
    readonly path?: unknown
    readonly headers?: Readonly<Record<string, string | readonly string[]>>
    readonly body?: string
    /** The very bytes instead of all the above. */
    readonly raw?: unknown
  }
  readonly upstream?: {
    readonly status?: number
    readonly headers?: Readonly<Record<string, string | readonly string[]>>
    readonly body?: string
    readonly chunks?: readonly string[]
    readonly fault?: 'refused' | 'timeout' | 'dns'
  }
  readonly gateway: {
    readonly declarative?: Readonly<Record<string, unknown>>
    readonly settings?: Readonly<Record<string, unknown>>
    readonly js?: unknown
    readonly plugin?: { readonly name: string; readonly config: Readonly<Record<string, unknown>> }
    readonly expect_index?: number
  }
  readonly sandbox?: {
    readonly mode: 'sandbox' | 'on' | 'off'
    readonly op: 'load' | 'validate' | 'validate_safe'
    readonly lua: string
    readonly js?: string
    readonly requires?: readonly string[]
  }
  readonly calls: readonly InlineCall[]
  readonly quirk?: boolean
  readonly superseded?: string
  readonly expect: Readonly<Record<string, unknown>>
}

/** The recorded cases of some kinds that bind. */
export function readGatewayCases(...kinds: readonly string[]): readonly GatewayCase[] {
  const manifest = createRequire(import.meta.url).resolve('@postern/conformance/package.json')
  const file = new URL('cases/pdk-response.cases.json', `file://${manifest}`)
  const cases = JSON.parse(readFileSync(file, 'utf8')) as readonly GatewayCase[]
  return cases.filter((test) => kinds.includes(test.kind) && test.superseded === undefined)
}

/** The value forms of the cases: long texts. */
export function textOf(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value)
  const form = value as Readonly<Record<string, unknown>>
  if (Array.isArray(form['$concat'])) return form['$concat'].map(textOf).join('')
  return String(form['$repeat']).repeat(Number(form['n']))
}
