import type { Exit, ExitBody, ExitHeaders } from '@postern/pdk-response'
import { decodeBody } from './decode-body.ts'
import { isSameData } from './same-data.ts'

/** Longest body text in a diff, in characters. */
const MAX_BODY_CHARACTERS = 1024

/** What functions would have changed. A part that stays the same is absent. */
export interface ExitDiff {
  readonly status?: { readonly from: number; readonly to: number }
  readonly body?: { readonly from: unknown; readonly to: unknown }
  readonly headers?: {
    readonly added?: ExitHeaders
    readonly changed?: Readonly<Record<string, { readonly from: unknown; readonly to: unknown }>>
    readonly removed?: ExitHeaders
  }
}

/** Compares an Exit with the one that functions made of it; undefined when they are the same. */
export function diffExits(before: Exit, after: Exit): ExitDiff | undefined {
  if (before === after) return undefined
  const diff: { -readonly [Part in keyof ExitDiff]: ExitDiff[Part] } = {}
  if (before.status !== after.status) diff.status = { from: before.status, to: after.status }
  const headers = diffHeaders(before.headers ?? {}, after.headers ?? {})
  if (headers !== undefined) diff.headers = headers
  const from = decodeBody(before.body)
  const to = decodeBody(after.body)
  if (!isSameData(from, to)) diff.body = { from: shown(from), to: shown(to) }
  return Object.keys(diff).length === 0 ? undefined : diff
}

function diffHeaders(before: ExitHeaders, after: ExitHeaders): ExitDiff['headers'] {
  const added = Object.entries(after).filter(([name]) => !Object.hasOwn(before, name))
  const removed = Object.entries(before).filter(([name]) => !Object.hasOwn(after, name))
  const changed = Object.entries(before)
    .filter(([name, value]) => Object.hasOwn(after, name) && !isSameData(value, after[name]))
    .map(([name, value]) => [name, { from: value, to: after[name] }] as const)
  if (added.length + removed.length + changed.length === 0) return undefined
  return {
    ...(added.length === 0 ? {} : { added: Object.fromEntries(added) }),
    ...(changed.length === 0 ? {} : { changed: Object.fromEntries(changed) }),
    ...(removed.length === 0 ? {} : { removed: Object.fromEntries(removed) }),
  }
}

/** The body as it is when it is short, else the beginning of its text. */
function shown(body: ExitBody | undefined): unknown {
  if (body === undefined) return null
  if (body instanceof Uint8Array) return `${body.length} bytes`
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  return text.length > MAX_BODY_CHARACTERS ? `${text.slice(0, MAX_BODY_CHARACTERS)}...` : body
}
