import type { Field, Fields, RecordSchema } from '@postern/schema'
import { kongPdkErrors } from './errors.ts'
import { regexOfLuaPattern } from './lua-pattern.ts'

/**
 * Reads the `Schema` of a kong-pdk plugin: a list of objects with one key each, in Kong's schema
 * language, which become the fields of the record `config`.
 *
 * Functions are left out, as they are on their way to Kong. Lua patterns become regular expressions.
 *
 * @throws POSTERN_KONG_PDK_SCHEMA_INVALID
 */
export function configSchema(plugin: string, schema: unknown): RecordSchema {
  const fields = readFields({ plugin, path: 'Schema' }, schema ?? [])
  return { fields: { config: { type: 'record', required: true, fields } } }
}

/** Where in a Schema we are, for messages. */
interface Place {
  readonly plugin: string
  readonly path: string
}

function readFields(place: Place, list: unknown): Fields {
  // A Lua table that is empty is a list and an object alike.
  const entries = Array.isArray(list) ? list : emptyAsList(place, list)
  const fields = new Map<string, Field>()
  entries.forEach((entry: unknown, index) => {
    const here = { ...place, path: `${place.path}[${index}]` }
    const [[name, field] = ['', undefined], ...rest] = isObject(entry) ? Object.entries(entry) : []
    if (name === '' || rest.length > 0) refuse(here, 'expected an object with one key')
    if (fields.has(name)) refuse(here, `there are two fields ${JSON.stringify(name)}`)
    fields.set(name, readField({ ...place, path: `${here.path}.${name}` }, field))
  })
  return Object.fromEntries(fields)
}

function emptyAsList(place: Place, list: unknown): readonly unknown[] {
  if (isObject(list) && Object.keys(list).length === 0) return []
  return refuse(place, 'expected a list of objects with one key each')
}

const TYPES = new Set([
  'string',
  'number',
  'integer',
  'boolean',
  'array',
  'set',
  'map',
  'record',
  'json',
])

function readField(place: Place, source: unknown): Field {
  if (!isObject(source)) return refuse(place, 'expected an object with a type')
  const { type } = source
  if (typeof type !== 'string' || !TYPES.has(type)) {
    return refuse(
      place,
      `type is ${JSON.stringify(type)}, expected one of ${[...TYPES].join(', ')}`,
    )
  }
  const attributes = Object.entries(source)
    .filter(([, value]) => typeof value !== 'function' && value !== undefined)
    .map(([name, value]) => [name, readAttribute(place, name, value)])
  const field = { ...PARTS_MISSING[type], ...Object.fromEntries(attributes) }
  for (const part of PARTS_OF[type] ?? []) {
    if (field[part] === undefined) refuse(place, `${type} has no ${part}`)
  }
  return field as Field
}

/** The parts that a type cannot do without. */
const PARTS_OF: Readonly<Record<string, readonly string[]>> = {
  array: ['elements'],
  set: ['elements'],
  map: ['keys', 'values'],
  record: ['fields'],
}

/** Kong: a map whose keys are not described has text for keys. */
const PARTS_MISSING: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  map: { keys: { type: 'string' } },
}

/** Attributes that hold no parts and no patterns. What is in neither list, Kong refuses as well. */
const PLAIN_ATTRIBUTES = new Set([
  'type',
  'required',
  'default',
  'description',
  'examples',
  'deprecation',
  'referenceable',
  'encrypted',
  'auto',
  'unique',
  'immutable',
  'indexed',
  'err',
  'eq',
  'ne',
  'one_of',
  'not_one_of',
  'gt',
  'between',
  'len_eq',
  'len_min',
  'len_max',
  'starts_with',
  'contains',
  'timestamp',
  'uuid',
  'is_regex',
  'mutually_exclusive_subsets',
  'entity_checks',
])

function readAttribute(place: Place, name: string, value: unknown): unknown {
  const here = { ...place, path: `${place.path}.${name}` }
  if (PLAIN_ATTRIBUTES.has(name)) return value
  switch (name) {
    case 'elements':
    case 'keys':
    case 'values':
      return readField(here, value)
    case 'fields':
      return readFields(here, value)
    case 'match':
    case 'not_match':
      return readPattern(here, value)
    case 'match_all':
    case 'match_none':
      return readRules(here, value)
    case 'match_any':
      return readPatterns(here, value)
    default:
      return refuse(here, 'there is no attribute of this name')
  }
}

function readPattern(place: Place, pattern: unknown): string {
  if (typeof pattern !== 'string') return refuse(place, 'expected a Lua pattern')
  try {
    return regexOfLuaPattern(pattern)
  } catch (error) {
    return refuse(place, `${JSON.stringify(pattern)}: ${(error as Error).message}`)
  }
}

function readRules(place: Place, rules: unknown): unknown {
  if (!Array.isArray(rules)) return refuse(place, 'expected a list')
  return rules.map((rule: unknown) => {
    if (!isObject(rule)) return refuse(place, 'expected objects with pattern and err')
    return { ...rule, pattern: readPattern(place, rule.pattern) }
  })
}

function readPatterns(place: Place, rule: unknown): unknown {
  if (!isObject(rule) || !Array.isArray(rule.patterns)) {
    return refuse(place, 'expected an object with patterns and err')
  }
  return { ...rule, patterns: rule.patterns.map((pattern) => readPattern(place, pattern)) }
}

function refuse(place: Place, problem: string): never {
  throw kongPdkErrors.SCHEMA_INVALID(place.plugin, place.path, problem)
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
