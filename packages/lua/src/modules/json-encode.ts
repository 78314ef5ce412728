import { allocateString, spend } from '../runtime/budget.ts'
import { numberText, shortest } from '../runtime/number-text.ts'
import { raise } from '../runtime/position.ts'
import { LuaTable } from '../runtime/table.ts'
import { JSON_NULL, typeName, Userdata, type LuaValue } from '../runtime/value.ts'
import type { JsonSettings } from './json-settings.ts'

/** `cjson.empty_array`: goes out as `[]`. */
export const EMPTY_ARRAY: Userdata = new Userdata('userdata: empty_array')
/** Tables with one of these metatables go out as lists, the second one only when they are empty. */
export const ARRAY_METATABLE: LuaTable = new LuaTable([], [])
export const EMPTY_ARRAY_METATABLE: LuaTable = new LuaTable([], [])
// All chunks have the same two: none may keep anything in them.
ARRAY_METATABLE.guard = 'cjson.array_mt'
EMPTY_ARRAY_METATABLE.guard = 'cjson.empty_array_mt'

/** A Lua value as JSON text, in bytes. */
export function encodeJson(value: LuaValue, settings: JsonSettings): string {
  return encode(value, settings, 0)
}

function encode(value: LuaValue, settings: JsonSettings, depth: number): string {
  spend(12)
  switch (typeof value) {
    case 'string':
      return quote(value, settings)
    case 'number':
      return encodeNumber(value, settings)
    case 'boolean':
      return value ? 'true' : 'false'
    case 'undefined':
      return 'null'
    default:
      return encodeObject(value, settings, depth)
  }
}

function encodeObject(value: LuaValue, settings: JsonSettings, depth: number): string {
  if (value === JSON_NULL) return 'null'
  if (value === EMPTY_ARRAY) return '[]'
  if (!(value instanceof LuaTable)) throw unsupported(typeName(value), 'type not supported')
  if (depth >= settings.encodeMaxDepth) {
    throw raise(`Cannot serialise, excessive depth (${depth + 1})`)
  }
  spend(6)
  const length = listLength(value, settings)
  return length >= 0
    ? encodeList(value, length, settings, depth)
    : encodeRecord(value, settings, depth)
}

/** The length of the list that a table is, or -1 for an object. */
function listLength(table: LuaTable, settings: JsonSettings): number {
  if (table.metatable === ARRAY_METATABLE) return table.length()
  let largest = 0
  let count = 0
  for (let at = table.advance(0); at !== 0; at = table.advance(at)) {
    const key = table.keyAt(at)
    if (typeof key !== 'number' || key < 1 || !Number.isInteger(key)) return -1
    spend(1)
    largest = Math.max(largest, key)
    count++
  }
  if (count === 0) return isEmptyList(table, settings) ? 0 : -1
  const { sparseRatio, sparseSafe, convertsSparse } = settings
  if (sparseRatio > 0 && largest > count * sparseRatio && largest > sparseSafe) {
    if (!convertsSparse) throw unsupported('table', 'excessively sparse array')
    return -1
  }
  return largest
}

function isEmptyList(table: LuaTable, settings: JsonSettings): boolean {
  return table.isList || table.metatable === EMPTY_ARRAY_METATABLE || !settings.emptyTableIsObject
}

function encodeList(
  table: LuaTable,
  length: number,
  settings: JsonSettings,
  depth: number,
): string {
  const parts: string[] = []
  spend(length)
  for (let i = 1; i <= length; i++) parts.push(encode(table.getNumber(i), settings, depth + 1))
  return joined('[', parts, ']')
}

function encodeRecord(table: LuaTable, settings: JsonSettings, depth: number): string {
  const parts: string[] = []
  for (let at = table.advance(0); at !== 0; at = table.advance(at)) {
    spend(2)
    const value = encode(table.valueAt(at), settings, depth + 1)
    parts.push(`${encodeKey(table.keyAt(at), settings)}:${value}`)
  }
  return joined('{', parts, '}')
}

function joined(open: string, parts: string[], close: string): string {
  let length = 2
  for (const part of parts) length += part.length + 1
  allocateString(length)
  return open + parts.join(',') + close
}

function encodeKey(key: LuaValue, settings: JsonSettings): string {
  if (typeof key === 'string') return quote(key, settings)
  if (typeof key === 'number') return `"${encodeNumber(key, settings)}"`
  throw unsupported('table', 'table key must be a number or string')
}

function encodeNumber(value: number, settings: JsonSettings): string {
  if (!Number.isFinite(value)) {
    if (!settings.allowsInvalidNumbers) throw unsupported('number', 'must not be NaN or Infinity')
    return numberText(value)
  }
  return settings.precision === 14 ? numberText(value) : shortest(value, settings.precision, false)
}

const PLAIN = /^[^\x00-\x1f"\\/\x7f]*$/
const SHORT: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '/': '\\/',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
}

/** As lua-cjson: `/` is escaped, bytes above 127 are not looked at. */
function quote(text: string, settings: JsonSettings): string {
  allocateString(text.length)
  if (PLAIN.test(text)) return `"${text}"`
  allocateString(text.length * 6)
  const escaped = text.replace(/[\x00-\x1f"\\/\x7f]/g, (character) => {
    spend(12)
    if (character === '/' && !settings.escapesSlash) return character
    const code = character.charCodeAt(0)
    return SHORT[character] ?? `\\u${code.toString(16).padStart(4, '0')}`
  })
  return `"${escaped}"`
}

function unsupported(type: string, reason: string): unknown {
  return raise(`Cannot serialise ${type}: ${reason}`)
}
