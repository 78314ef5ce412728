import type { HeaderList } from './header-list.ts'
import { pdkErrors } from './errors.ts'

/** Lower-case names with their value, or their values where a name occurs several times. */
export type HeaderTable = Record<string, string | string[]>

/** Kong: these are counted inside the limit, but never left out. */
const NEVER_LEFT_OUT = new Set(['content-type', 'content-length', 'connection'])

const MAX_HEADERS_LIMIT = 1000
const truncated = new WeakSet<HeaderTable>()

/**
 * Lists header fields by lower-case name. The object inherits nothing, because names come from
 * outside.
 *
 * @param max how many fields at most, 1 to 1000; a name that repeats counts each time
 */
export function headerTable(headers: HeaderList, max: number): HeaderTable {
  const table: HeaderTable = Object.create(null) as HeaderTable
  let room = max - countNeverLeftOut(headers)
  for (const [name, value] of headers) {
    const lower = name.toLowerCase()
    if (NEVER_LEFT_OUT.has(lower) || room-- > 0) addTo(table, lower, value)
    else truncated.add(table)
  }
  if (headers.size > max) truncated.add(table)
  return table
}

/** Whether a table of headers has fewer fields than the message had. Kong's second return value. */
export function isTruncated(table: HeaderTable): boolean {
  return truncated.has(table)
}

/**
 * Checks the limit that a plugin gives to `getHeaders`.
 *
 * @throws POSTERN_PDK_MAX_HEADERS_INVALID
 */
export function checkMaxHeaders(max: unknown, fallback: number): number {
  if (max === undefined || max === null) return fallback
  if (typeof max !== 'number') throw pdkErrors.MAX_HEADERS_INVALID('a number')
  if (!(max >= 1)) throw pdkErrors.MAX_HEADERS_INVALID('>= 1')
  if (max > MAX_HEADERS_LIMIT) throw pdkErrors.MAX_HEADERS_INVALID(`<= ${MAX_HEADERS_LIMIT}`)
  return Math.trunc(max)
}

/**
 * The first value of a header as a plugin asks for it: any capitals, and `_` for `-` on either
 * side.
 */
export function lookUpHeader(headers: HeaderList, name: string): string | undefined {
  const exact = headers.get(name)
  if (exact !== undefined) return exact
  if (!name.includes('_') && !name.includes('-')) return undefined
  const wanted = folded(name)
  for (const [candidate, value] of headers) {
    if (candidate.length === name.length && folded(candidate) === wanted) return value
  }
  return undefined
}

/** All values of a header, found as by `lookUpHeader`. */
export function lookUpHeaders(headers: HeaderList, name: string): string[] {
  if (!name.includes('_') && !name.includes('-')) return headers.getAll(name)
  const wanted = folded(name)
  const values: string[] = []
  for (const [candidate, value] of headers) {
    if (candidate.length === name.length && folded(candidate) === wanted) values.push(value)
  }
  return values
}

function folded(name: string): string {
  return name.toLowerCase().replaceAll('_', '-')
}

function countNeverLeftOut(headers: HeaderList): number {
  let count = 0
  for (const [name] of headers) if (NEVER_LEFT_OUT.has(name.toLowerCase())) count += 1
  return count
}

function addTo(table: HeaderTable, name: string, value: string): void {
  const before = table[name]
  if (before === undefined) table[name] = value
  else if (typeof before === 'string') table[name] = [before, value]
  else before.push(value)
}
