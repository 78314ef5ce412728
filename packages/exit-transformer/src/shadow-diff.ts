import type { Exit, ExitHeaders } from '@postern/pdk-response'
import { type BodyDiff, diffBodies, shown } from './body-diff.ts'
import { decodeBody } from './decode-body.ts'
import { createRedactor, REDACTED, type Redactor } from './redactor.ts'
import { isSameData } from './same-data.ts'

/** What functions changed of an answer. A part that stays the same is absent. */
export interface ExitDiff {
  readonly status?: { readonly from: number; readonly to: number }
  readonly headers?: HeaderDiff
  readonly body?: BodyDiff
}

/** Names as they were written; values with secrets redacted and cut to 256 characters. */
export interface HeaderDiff {
  readonly added?: Readonly<Record<string, unknown>>
  readonly changed?: Readonly<Record<string, { readonly from: unknown; readonly to: unknown }>>
  readonly removed?: Readonly<Record<string, unknown>>
  /** How many further headers are different. Absent when all are told. */
  readonly omitted?: number
}

/** What is compared: an Exit, or an answer between two functions. */
export type Comparable = Pick<Exit, 'status' | 'body' | 'headers'>

/** More headers than this in one diff are only counted. */
const MAX_HEADERS = 32

const NO_SECRETS: Redactor = createRedactor([], [])

/**
 * Compares an answer with what functions made of it; undefined when they are the same. Bounded in
 * size, for a log.
 *
 * @param redactor knows the secrets of the request. Default: usual names only, such as `password`
 */
export function diffExits(
  before: Comparable,
  after: Comparable,
  redactor: Redactor = NO_SECRETS,
): ExitDiff | undefined {
  if (before === after) return undefined
  const headers = diffHeaders(before.headers ?? {}, after.headers ?? {}, redactor)
  const body = diffBodies(decodeBody(before.body), decodeBody(after.body), redactor)
  const diff: ExitDiff = {
    ...(before.status !== after.status && { status: { from: before.status, to: after.status } }),
    ...(headers !== undefined && { headers }),
    ...(body !== undefined && { body }),
  }
  return Object.keys(diff).length === 0 ? undefined : diff
}

function diffHeaders(
  before: ExitHeaders,
  after: ExitHeaders,
  redactor: Redactor,
): HeaderDiff | undefined {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(
    (name) => !isSameData(own(before, name), own(after, name)),
  )
  if (names.length === 0) return undefined
  const told = names.slice(0, MAX_HEADERS)
  const show = (headers: ExitHeaders, name: string): unknown =>
    redactor.hasSecretName(name) ? REDACTED : shown(headers[name], redactor)
  const pick = (from: ExitHeaders, without: ExitHeaders) =>
    told
      .filter((name) => Object.hasOwn(from, name) && !Object.hasOwn(without, name))
      .map((name) => [name, show(from, name)] as const)
  const added = pick(after, before)
  const removed = pick(before, after)
  const changed = told
    .filter((name) => Object.hasOwn(before, name) && Object.hasOwn(after, name))
    .map((name) => [name, { from: show(before, name), to: show(after, name) }] as const)
  return {
    ...(added.length > 0 && { added: Object.fromEntries(added) }),
    ...(changed.length > 0 && { changed: Object.fromEntries(changed) }),
    ...(removed.length > 0 && { removed: Object.fromEntries(removed) }),
    ...(names.length > told.length && { omitted: names.length - told.length }),
  }
}

function own(headers: ExitHeaders, name: string): unknown {
  return Object.hasOwn(headers, name) ? headers[name] : undefined
}
