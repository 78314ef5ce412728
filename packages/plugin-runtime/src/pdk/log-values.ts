import { pluginErrors } from '../errors.ts'
import type { LogValue } from '../phase-context.ts'

type Table = Record<string, unknown>

/**
 * Adds what plugins told to a log line, in the order in which they told it. The line and all that it
 * holds stay as they are: a Route in it belongs to all requests.
 *
 * @throws POSTERN_PLUGIN_ARGUMENT_INVALID
 * @see Kong Gateway docs, PDK reference, "kong.log.set_serialize_value"
 */
export function applyLogValues<Line extends object>(line: Line, values: readonly LogValue[]): Line {
  const copied = new Set<object>()
  const result = copyOf(line, copied)
  for (const value of values) apply(result, value, copied)
  return result as Line
}

function apply(line: Table, { key, value, mode }: LogValue, copied: Set<object>): void {
  if (!isLoggable(value)) throw pluginErrors.ARGUMENT_INVALID(NOT_LOGGABLE)
  const steps = stepsOf(key)
  const last = steps.pop() as string
  let table = line
  for (const step of steps) table = tableAt(table, { key, step }, copied)
  const isThere = (ownValue(table, last) ?? undefined) !== undefined
  if ((mode === 'add' && isThere) || (mode === 'replace' && !isThere)) return
  setOwn(table, last, value ?? undefined)
}

const NOT_LOGGABLE =
  'value must be nil, a number, string, boolean or a non-self-referencial table containing ' +
  'numbers, string and booleans'

/** Dots separate, `\.` is a dot. */
function stepsOf(key: string): string[] {
  return key.split(/(?<!\\)\./).map((step) => step.replaceAll('\\.', '.'))
}

/** The table below a key: made where there is none, copied where it belongs to somebody else. */
function tableAt(
  table: Table,
  { key, step }: { readonly key: string; readonly step: string },
  copied: Set<object>,
): Table {
  const found = ownValue(table, step)
  if (found !== undefined && found !== null && typeof found !== 'object') {
    throw pluginErrors.ARGUMENT_INVALID(
      `The key '${key}' could not be used as a serialize value. ` +
        `Subkey '${step}' is not a table. It's ${String(found)}`,
    )
  }
  if (found !== undefined && found !== null && copied.has(found)) return found as Table
  const copy = copyOf(found ?? {}, copied)
  setOwn(table, step, copy)
  return copy
}

function copyOf(value: object, copied: Set<object>): Table {
  const copy = (Array.isArray(value) ? [...value] : { ...value }) as Table
  copied.add(copy)
  return copy
}

function ownValue(table: Table, key: string): unknown {
  return Object.hasOwn(table, key) ? table[key] : undefined
}

/** A key may come from outside; assigning `__proto__` would not make a field. */
function setOwn(table: Table, key: string, value: unknown): void {
  if (value === undefined) delete table[key]
  else {
    Object.defineProperty(table, key, {
      value,
      writable: true,
      enumerable: true,
      configurable: true,
    })
  }
}

/** Deeper than this a value is refused, so that walking it cannot exhaust the stack. */
const MAX_DEPTH = 100

function isLoggable(
  value: unknown,
  path: readonly object[] = [],
  seen = new Set<object>(),
): boolean {
  if (value === undefined || value === null) return true
  if (typeof value !== 'object') return LOGGABLE_TYPES.has(typeof value)
  if (path.includes(value) || path.length >= MAX_DEPTH) return false
  if (seen.has(value)) return true
  const isFine = Object.values(value).every((one) => isLoggable(one, [...path, value], seen))
  seen.add(value)
  return isFine
}

const LOGGABLE_TYPES = new Set(['number', 'string', 'boolean'])
