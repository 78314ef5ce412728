import {
  checkEntity,
  type EntitySchema,
  type SubschemaLookup,
  type Violation,
  type Violations,
} from '@postern/schema'
import { type DeclaredRow, findRepeated } from './check-unique.ts'
import { collectItems } from './collect-items.ts'
import type { DeclarativeFault, DocumentKeys } from './declarative-fault.ts'
import { type DeclarativeIds, findIds } from './declarative-ids.ts'
import {
  type DeclarativeItem,
  endpointKeyOf,
  foreignFieldsOf,
  isRecord,
} from './declarative-item.ts'
import { migratePaths } from './migrate-paths.ts'
import { secretValues } from './secret-values.ts'

/** How a document is read. */
export interface DeclarativeOptions {
  /** The entities that may stand in it: `coreEntities` and those of plugins. */
  readonly entities: readonly EntitySchema[]
  /** Finds the schema of a plugin's configuration. */
  readonly subschema?: SubschemaLookup
  /** For `created_at` and `updated_at`, milliseconds since 1970; now unless given. */
  readonly nowMs?: number
  /** Ids of entities without a key are the same for the same salt; another each time unless given. */
  readonly salt?: string
  /** Changes the fields of an entity before they are checked: puts a file in the place of its name, for one. */
  readonly prepare?: (
    entity: string,
    fields: Readonly<Record<string, unknown>>,
    keys: DocumentKeys,
  ) => Readonly<Record<string, unknown>>
}

/** The entities of a document, or everything that is wrong with it. */
export type ParsedDeclarative =
  | {
      readonly ok: true
      readonly rows: readonly DeclaredRow[]
      readonly secrets: readonly string[]
    }
  | {
      readonly ok: false
      /** One or more. */
      readonly faults: readonly DeclarativeFault[]
      /** Texts of the document that are secrets: lines with one of them are not to be shown. */
      readonly secrets: readonly string[]
    }

/**
 * Reads a declarative configuration, the contents of a kong.yml, as data: checks every entity and
 * how they refer to each other, and answers them one by one, complete, with their ids.
 *
 * Formats 1.1, 2.1 and 3.0. All that is wrong is told at once; nothing is read and nothing is run.
 *
 * @param document as YAML or JSON gave it; may be anything
 * @see Kong Gateway docs, "Declarative configuration"
 */
export function parseDeclarative(
  document: unknown,
  options: DeclarativeOptions,
): ParsedDeclarative {
  if (!isRecord(document)) {
    const message = 'expected an object'
    return { ok: false, faults: [{ kind: 'field', keys: [], message }], secrets: [] }
  }
  const { items, faults: shape } = collectItems(document, options.entities, HEAD)
  const ids = findIds(items, options.salt ?? crypto.randomUUID())
  const faults = [...checkHead(document), ...shape]
  const rows = items.flatMap((item) => checkItem(item, { ids, options, document, faults }))
  for (const { row, message } of findRepeated(rows)) {
    faults.push({ kind: 'entity', keys: row.keys, message })
  }
  const secrets = items.flatMap((item) => secretValues(item, options.subschema))
  if (faults.length === 0) return { ok: true, rows, secrets }
  return { ok: false, faults: withValues(faults, document, new Set(secrets)), secrets }
}

const VERSIONS: readonly unknown[] = ['1.1', '2.1', '3.0']
/** `_info` is decK's: what it says is for decK. */
const HEAD: ReadonlySet<string> = new Set(['_format_version', '_transform', '_info'])

function checkHead(document: Readonly<Record<string, unknown>>): DeclarativeFault[] {
  const { _format_version: version, _transform: transform } = document
  const faults: DeclarativeFault[] = []
  const fault = (name: string, message: string) =>
    faults.push({ kind: 'field', keys: [name], message })
  if (version === undefined || version === null) fault('_format_version', 'required field missing')
  else if (typeof version !== 'string') fault('_format_version', 'expected a string')
  else if (!VERSIONS.includes(version)) {
    fault('_format_version', `expected one of: ${VERSIONS.join(', ')}`)
  }
  if (transform !== undefined && transform !== null && typeof transform !== 'boolean') {
    fault('_transform', 'expected a boolean')
  }
  return faults
}

interface Checking {
  readonly ids: DeclarativeIds
  readonly options: DeclarativeOptions
  readonly document: Readonly<Record<string, unknown>>
  readonly faults: DeclarativeFault[]
}

function checkItem(item: DeclarativeItem, checking: Checking): DeclaredRow[] {
  const { options, document, faults, ids } = checking
  const { schema, keys } = item
  const { subschema, nowMs, prepare } = options
  const given = { ...item.fields, ...readId(item, ids), ...readForeign(item, checking) }
  const isOld = document._format_version === '1.1' || document._format_version === '2.1'
  const fields = isOld && schema.name === 'routes' ? migratePaths(given) : given
  const checked = checkEntity(schema, prepare?.(schema.name, fields, keys) ?? fields, {
    operation: 'insert',
    transform: document._transform !== false,
    ...(subschema !== undefined && { subschema }),
    ...(nowMs !== undefined && { nowMs }),
  })
  if (checked.ok) {
    const row = checked.value as DeclaredRow['row']
    return [{ entity: schema.name, schema, row, keys }]
  }
  faults.push(...faultsOf(checked.violations, keys))
  return []
}

/** An id that is no UUID is left to the schema to refuse. */
function readId(item: DeclarativeItem, ids: DeclarativeIds): { readonly id?: unknown } {
  const id = ids.idOf(item)
  const given = Object.hasOwn(item.fields, 'id') ? (item.fields.id ?? undefined) : undefined
  const isSame = typeof given === 'string' && given.toLowerCase() === id
  return given === undefined || isSame ? { id } : {}
}

function readForeign(item: DeclarativeItem, { ids, faults }: Checking): Record<string, unknown> {
  const foreign: Record<string, unknown> = {}
  for (const [field, reference] of foreignFieldsOf(item.schema)) {
    const target = ids.targetOf(item, field)
    if (target === undefined) continue
    foreign[field] = { id: target ?? NOBODY }
    if (target !== null) continue
    const given = item.fields[field]
    const shown = isRecord(given) ? String(given.id) : String(given)
    faults.push({
      kind: 'reference',
      keys: [...item.keys, field],
      message: `invalid reference '${field}: ${shown}' (no such entry in '${reference}')`,
      from: { entity: item.schema.name, key: endpointKeyOf(item) ?? ids.idOf(item) },
    })
  }
  return foreign
}

/** Stands for an entity that is missing, so that the rest can be checked: all is told at once. */
const NOBODY = '00000000-0000-0000-0000-000000000000'

function faultsOf(violations: Violations, keys: DocumentKeys): DeclarativeFault[] {
  return Object.entries(violations).flatMap(([name, violation]) => {
    if (name !== '@entity') return faultsAt(violation, [...keys, name])
    const told = Array.isArray(violation) ? violation : [violation]
    return told.map((message) => ({ kind: 'entity' as const, keys, message: String(message) }))
  })
}

function faultsAt(violation: Violation | null, keys: DocumentKeys): DeclarativeFault[] {
  if (violation === null) return []
  if (typeof violation === 'string') return [{ kind: 'field', keys, message: violation }]
  if (!Array.isArray(violation)) return faultsOf(violation as Violations, keys)
  return violation.flatMap((inner, index) => faultsAt(inner, [...keys, index]))
}

function withValues(
  faults: readonly DeclarativeFault[],
  document: unknown,
  secrets: ReadonlySet<string>,
): readonly DeclarativeFault[] {
  return faults.map((fault) => {
    const value = fault.kind === 'entity' ? undefined : valueAt(document, fault.keys)
    const isShown = value === null || (value !== undefined && typeof value !== 'object')
    if (!isShown || secrets.has(String(value))) return fault
    return { ...fault, value: value as string | number | boolean | null }
  })
}

function valueAt(document: unknown, keys: DocumentKeys): unknown {
  let value = document
  for (const key of keys) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined
    value = (value as Readonly<Record<string | number, unknown>>)[key]
  }
  return value
}
