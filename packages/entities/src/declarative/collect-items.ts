import type { EntitySchema } from '@postern/schema'
import type { DeclarativeFault, DocumentKeys } from './declarative-fault.ts'
import { type DeclarativeItem, foreignFieldsOf, isRecord } from './declarative-item.ts'

/** The entities of a document in a row, and what is wrong with its shape. */
export interface CollectedItems {
  readonly items: readonly DeclarativeItem[]
  readonly faults: readonly DeclarativeFault[]
}

/**
 * Takes a document apart: lists of entities at its top, and those nested below the entity that they
 * point to (`services[].routes[].plugins[]`).
 *
 * @param others names at the top that are no entities, and are looked at elsewhere
 */
export function collectItems(
  document: Readonly<Record<string, unknown>>,
  entities: readonly EntitySchema[],
  others: ReadonlySet<string>,
): CollectedItems {
  const collector = new Collector(entities)
  const byName = new Map(entities.map((schema) => [schema.name, schema]))
  for (const [name, value] of Object.entries(document)) {
    const schema = byName.get(name)
    if (schema !== undefined) collector.collectList(schema, value, [name])
    else if (!collector.takeRemark(name, value, [name]) && !others.has(name)) {
      collector.fault([name], 'unknown field')
    }
  }
  return collector
}

interface ChildRule {
  readonly schema: EntitySchema
  /** The child's field that points to the parent. */
  readonly field: string
}

class Collector implements CollectedItems {
  readonly items: DeclarativeItem[] = []
  readonly faults: DeclarativeFault[] = []
  /** By parent, then by the name of the list. */
  readonly #children: ReadonlyMap<string, ReadonlyMap<string, ChildRule>>

  constructor(entities: readonly EntitySchema[]) {
    this.#children = childRules(entities)
  }

  fault(keys: DocumentKeys, message: string): void {
    this.faults.push({ kind: 'field', keys, message })
  }

  /** `_comment` and `_ignore` may stand anywhere, and say nothing to the gateway. */
  takeRemark(name: string, value: unknown, keys: DocumentKeys): boolean {
    if (name === '_comment') {
      if (typeof value !== 'string' && value !== null) this.fault(keys, 'expected a string')
      return true
    }
    if (name !== '_ignore') return false
    if (!Array.isArray(value) && value !== null) this.fault(keys, 'expected an array')
    return true
  }

  collectList(
    schema: EntitySchema,
    value: unknown,
    keys: DocumentKeys,
    parent?: DeclarativeItem['parent'],
  ): void {
    if (value === null || value === undefined || isEmpty(value)) return
    if (!Array.isArray(value)) return this.fault(keys, 'expected an array')
    for (const [index, element] of value.entries()) {
      const place = [...keys, index]
      if (isRecord(element)) this.#collectItem(schema, element, place, parent)
      else this.fault(place, 'expected a record')
    }
  }

  #collectItem(
    schema: EntitySchema,
    element: Readonly<Record<string, unknown>>,
    keys: DocumentKeys,
    parent: DeclarativeItem['parent'],
  ): void {
    const own: [string, unknown][] = []
    const item: DeclarativeItem = {
      schema,
      keys,
      // Filled below: children need their parent before all of its fields have been seen.
      fields: {},
      ...(parent !== undefined && { parent }),
    }
    this.items.push(item)
    for (const [name, value] of Object.entries(element)) {
      if (this.takeRemark(name, value, [...keys, name])) continue
      const child = this.#children.get(schema.name)?.get(name)
      if (child === undefined || Object.hasOwn(schema.fields, name)) own.push([name, value])
      else this.collectList(child.schema, value, [...keys, name], { item, field: child.field })
    }
    for (const [name, value] of own) Object.defineProperty(item.fields, name, plain(value))
  }
}

/** A name that is given may be `__proto__`: setting it as others are would do something else. */
function plain(value: unknown): PropertyDescriptor {
  return { value, enumerable: true, configurable: true, writable: true }
}

/** `{}` is how Lua programs write an empty list. */
function isEmpty(value: unknown): boolean {
  return isRecord(value) && Object.keys(value).length === 0
}

function childRules(
  entities: readonly EntitySchema[],
): ReadonlyMap<string, ReadonlyMap<string, ChildRule>> {
  const rules = new Map(entities.map(({ name }) => [name, new Map<string, ChildRule>()]))
  for (const schema of entities) {
    for (const [field, reference] of foreignFieldsOf(schema)) {
      const children = rules.get(reference)
      if (children?.has(schema.name) === false) children.set(schema.name, { schema, field })
    }
  }
  return rules
}
