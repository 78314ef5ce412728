import type { EntitySchema } from '@postern/schema'
import { storeErrors } from './errors.ts'
import type { Entity } from './store.ts'

/** A field of an entity that points to a row of another one. */
export interface ForeignRule {
  readonly entity: string
  readonly field: string
  readonly reference: string
  readonly onDelete: 'cascade' | 'null' | 'restrict'
}

/** Fields whose values no two rows of an entity may share. */
export interface UniqueRule {
  /** Name of the index: the field, or `cache_key`. */
  readonly name: string
  readonly fields: readonly { readonly name: string; readonly isForeign: boolean }[]
  /** A single field that is null is not compared; in a cache key null is a value like others. */
  readonly comparesNull: boolean
}

/** What the store has to know of one entity. */
export interface EntityRules {
  readonly name: string
  readonly unique: readonly UniqueRule[]
  readonly foreign: readonly ForeignRule[]
  /** Foreign fields of all entities that point to this one. */
  readonly referencedBy: readonly ForeignRule[]
  readonly expires: boolean
}

/** The rules of all entities of a store. */
export interface RuleSet {
  readonly all: readonly EntityRules[]
  /** @throws POSTERN_STORE_ENTITY_UNKNOWN */
  of(entity: string): EntityRules
}

/** Reads uniqueness, references and expiry out of the descriptions of entities. */
export function compileRules(entities: readonly EntitySchema[]): RuleSet {
  const foreign = entities.flatMap(foreignRulesOf)
  const all = entities.map((entity) => ({
    name: entity.name,
    unique: uniqueRulesOf(entity),
    foreign: foreign.filter((rule) => rule.entity === entity.name),
    referencedBy: foreign.filter((rule) => rule.reference === entity.name),
    expires: entity.ttl === true,
  }))
  const byName = new Map(all.map((rules) => [rules.name, rules]))
  return {
    all,
    of(entity) {
      const rules = byName.get(entity)
      if (rules === undefined) throw storeErrors.ENTITY_UNKNOWN(entity)
      return rules
    },
  }
}

function foreignRulesOf(entity: EntitySchema): ForeignRule[] {
  return Object.entries(entity.fields).flatMap(([name, field]) => {
    if (field.type !== 'foreign') return []
    const onDelete = field.on_delete ?? 'restrict'
    return [{ entity: entity.name, field: name, reference: field.reference, onDelete }]
  })
}

/** The cache key comes first: its index is older in Kong's database and so the one that answers. */
function uniqueRulesOf(entity: EntitySchema): UniqueRule[] {
  const rules: UniqueRule[] = []
  const cacheKey = entity.cache_key ?? []
  if (cacheKey.length > 1) {
    rules.push({ name: 'cache_key', fields: cacheKey.map(describe), comparesNull: true })
  }
  for (const [name, field] of Object.entries(entity.fields)) {
    const isUnique = 'unique' in field && field.unique === true
    if (isUnique) rules.push({ name, fields: [describe(name)], comparesNull: false })
  }
  return rules

  function describe(name: string) {
    return { name, isForeign: entity.fields[name]?.type === 'foreign' }
  }
}

/** The id in a foreign value, or undefined when the field is null. */
export function foreignId(row: Entity, field: string): string | undefined {
  const value = row[field]
  if (typeof value !== 'object' || value === null) return undefined
  const id = (value as { readonly id?: unknown }).id
  return typeof id === 'string' ? id : undefined
}

/**
 * The values a row has for a unique rule, or undefined when the rule does not bind it. In a cache
 * key null becomes the empty string, as in Kong's `cache_key` column.
 */
export function uniqueValues(rule: UniqueRule, row: Entity): unknown[] | undefined {
  const values = rule.fields.map(({ name, isForeign }) =>
    isForeign ? foreignId(row, name) : row[name],
  )
  if (rule.comparesNull) return values.map((value) => value ?? '')
  return values.some((value) => value === null || value === undefined) ? undefined : values
}

/** What a conflict tells about a unique rule: its fields as they are in the row. */
export function uniqueFields(rule: UniqueRule, row: Entity): Record<string, unknown> {
  return Object.fromEntries(rule.fields.map(({ name }) => [name, row[name] ?? null]))
}
