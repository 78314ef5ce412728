import { luaType } from '@postern/pdk-response'
import { pluginErrors } from '../errors.ts'

/** A value, `true` for a name without `=`, a list for a name that repeats. */
export type QueryValue = string | true | (string | true)[]

/** Arguments by name. Inherits nothing, because names come from outside. */
export type QueryTable = Record<string, QueryValue>

const MAX_ARGS_LIMIT = 1000
const truncated = new WeakSet<QueryTable>()

/**
 * Reads arguments as they stand in a query or an urlencoded body. Names without text are left out.
 *
 * @param max how many arguments at most; a name that repeats counts each time
 */
export function parseArgs(text: string, max: number): QueryTable {
  const table = Object.create(null) as QueryTable
  let count = 0
  for (let start = 0; start < text.length; ) {
    const ampersand = text.indexOf('&', start)
    const end = ampersand < 0 ? text.length : ampersand
    if (end > start && count++ >= max) {
      truncated.add(table)
      break
    }
    addArg(table, text.slice(start, end))
    start = end + 1
  }
  return table
}

/** Whether there were more arguments than were read. Kong's second return value. */
export function isTruncatedQuery(table: QueryTable): boolean {
  return truncated.has(table)
}

/**
 * @param fallback where no number is asked for
 * @throws POSTERN_PLUGIN_ARGUMENT_INVALID
 */
export function checkMaxArgs(max: unknown, fallback: number): number {
  if (max === undefined || max === null) return fallback
  if (typeof max !== 'number') throw pluginErrors.ARGUMENT_INVALID('max_args must be a number')
  if (!(max >= 1)) throw pluginErrors.ARGUMENT_INVALID('max_args must be >= 1')
  if (max > MAX_ARGS_LIMIT) {
    throw pluginErrors.ARGUMENT_INVALID(`max_args must be <= ${MAX_ARGS_LIMIT}`)
  }
  return Math.trunc(max)
}

/** Writes arguments sorted by name: `true` as a bare name, a list as one argument for each element. */
export function encodeArgs(args: Readonly<Record<string, unknown>>): string {
  const parts: string[] = []
  for (const name of Object.keys(args).sort()) {
    const value = args[name]
    if (Array.isArray(value)) for (const one of value) parts.push(encodeArg(name, one))
    else if (value !== false) parts.push(encodeArg(name, value))
  }
  return parts.filter((part) => part !== '').join('&')
}

/**
 * Removes all arguments of a name. The others keep their order and their escapes, but that `+`
 * becomes `%20`, as in Kong.
 */
export function removeArg(query: string, name: string): string {
  if (query === '') return query
  return query
    .split('&')
    .filter((part) => decodeArg(part.split('=', 1)[0] as string) !== name)
    .join('&')
    .replaceAll('+', '%20')
}

function encodeArg(name: string, value: unknown): string {
  if (value === true) return escapeArg(name)
  if (value === false) return ''
  if (typeof value === 'string' || typeof value === 'number') {
    return `${escapeArg(name)}=${escapeArg(String(value))}`
  }
  throw pluginErrors.ARGUMENT_INVALID(`attempt to use ${luaType(value)} as query arg value`)
}

/** Leaves letters, digits and `-._~`, as nginx does; a lone half of a surrogate pair is U+FFFD. */
function escapeArg(text: string): string {
  return encodeURIComponent(text.toWellFormed()).replace(
    /[!'()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}

function addArg(table: QueryTable, part: string): void {
  if (part === '') return
  const equals = part.indexOf('=')
  const name = decodeArg(equals < 0 ? part : part.slice(0, equals))
  if (name === '') return
  const value = equals < 0 ? true : decodeArg(part.slice(equals + 1))
  const before = table[name]
  if (before === undefined) table[name] = value
  else if (Array.isArray(before)) before.push(value)
  else table[name] = [before, value]
}

/** `+` is a space. An escape that is none stays as it is; bytes that are no UTF-8 become U+FFFD. */
function decodeArg(text: string): string {
  if (!text.includes('%') && !text.includes('+')) return text
  const spaced = text.replaceAll('+', ' ')
  if (!spaced.includes('%')) return spaced
  return spaced.replace(/(?:%[0-9a-fA-F]{2})+/g, (escapes) =>
    Buffer.from(escapes.replaceAll('%', ''), 'hex').toString('utf8'),
  )
}
