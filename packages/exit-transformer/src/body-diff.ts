import type { Redactor } from './redactor.ts'
import { REDACTED } from './redactor.ts'
import { isSameData } from './same-data.ts'

/** One place of a body that is not what it was. A side that is not there is absent. */
export interface BodyChange {
  /** A JSON Pointer (RFC 6901); empty for the body as a whole. */
  readonly path: string
  readonly from?: unknown
  readonly to?: unknown
}

/** What is different between two bodies. */
export interface BodyDiff {
  readonly changes: readonly BodyChange[]
  /** How many further changes there are. Absent when all are told. */
  readonly omitted?: number
}

/** Limits of one diff, so that it stays a line of a log. */
const MAX_CHANGES = 32
const MAX_VALUE_CHARACTERS = 256
const MAX_PATH_CHARACTERS = 256
/** Below this, what differs is told as a whole. */
const MAX_DEPTH = 16

/**
 * Compares two bodies, decoded, place by place: objects by their members, arrays by their indexes,
 * everything else as a whole. Undefined when they are the same data.
 */
export function diffBodies(from: unknown, to: unknown, redactor: Redactor): BodyDiff | undefined {
  if (isSameData(from, to)) return undefined
  const found: Found = { changes: [], omitted: 0, redactor }
  compare(found, { path: '', depth: 0, isSecret: false }, from, to)
  const { changes, omitted } = found
  return omitted === 0 ? { changes } : { changes, omitted }
}

interface Found {
  readonly changes: BodyChange[]
  omitted: number
  readonly redactor: Redactor
}

interface Place {
  readonly path: string
  readonly depth: number
  /** A member of this name, or of one around it, is a secret. */
  readonly isSecret: boolean
}

function compare(found: Found, place: Place, from: unknown, to: unknown): void {
  if (isSameData(from, to)) return
  if (!isBranch(from) || !isBranch(to) || place.depth >= MAX_DEPTH || !isAlike(from, to)) {
    return add(found, place, from, to)
  }
  const keys = new Set([...Object.keys(from), ...Object.keys(to)])
  for (const key of keys) {
    compare(found, inside(found, place, key), own(from, key), own(to, key))
  }
}

type Branch = Readonly<Record<string, unknown>>

function isBranch(value: unknown): value is Branch {
  return typeof value === 'object' && value !== null && !(value instanceof Uint8Array)
}

function isAlike(from: Branch, to: Branch): boolean {
  return Array.isArray(from) === Array.isArray(to)
}

/** A key may be `constructor`. */
function own(branch: Branch, key: string): unknown {
  return Object.hasOwn(branch, key) ? branch[key] : undefined
}

function inside(found: Found, { path, depth, isSecret }: Place, key: string): Place {
  const step = key.replaceAll('~', '~0').replaceAll('/', '~1')
  return {
    path: `${path}/${step}`,
    depth: depth + 1,
    isSecret: isSecret || found.redactor.hasSecretName(key),
  }
}

function add(found: Found, place: Place, from: unknown, to: unknown): void {
  if (found.changes.length >= MAX_CHANGES) {
    found.omitted++
    return
  }
  const { redactor } = found
  const show = (value: unknown): unknown => (place.isSecret ? REDACTED : shown(value, redactor))
  found.changes.push({
    path: cut(redactor.clean(place.path), MAX_PATH_CHARACTERS),
    ...(from === undefined ? {} : { from: show(from) }),
    ...(to === undefined ? {} : { to: show(to) }),
  })
}

/** A value as it is when it is short, else the beginning of its text; secrets taken out. */
export function shown(value: unknown, redactor: Redactor): unknown {
  if (value instanceof Uint8Array) return `${value.length} bytes`
  if (typeof value === 'string') return cut(redactor.clean(value), MAX_VALUE_CHARACTERS)
  if (typeof value !== 'object' || value === null) return value
  const text = redactor.clean(
    JSON.stringify(value, (key, member: unknown) => {
      return redactor.hasSecretName(key) ? REDACTED : member
    }),
  )
  return text.length > MAX_VALUE_CHARACTERS ? cut(text, MAX_VALUE_CHARACTERS) : asData(text)
}

/** Taking a secret out can break JSON, where the secret had a quote in it. */
function asData(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // Then it is told as text.
    return text
  }
}

function cut(text: string, characters: number): string {
  return text.length > characters ? `${text.slice(0, characters)}...` : text
}
