import { createHash } from 'node:crypto'
import {
  type DeclarativeItem,
  endpointKeyOf,
  foreignFieldsOf,
  isRecord,
} from './declarative-item.ts'

/** The ids of the entities of a document, those that are not given as well, and what they point to. */
export interface DeclarativeIds {
  /** In lower case. The same for the same name, whatever else changes. */
  idOf(item: DeclarativeItem): string
  /** The id that a foreign field points to: undefined when it is not set, null when nothing has it. */
  targetOf(item: DeclarativeItem, field: string): string | null | undefined
}

/**
 * Finds ids as Kong does: UUIDv5 of the key of the entity in a namespace of its table.
 *
 * What has no key, a Route without a name for one, gets a random id in Kong, another at each load.
 * Here it is derived from the whole entity and `salt`, so that it stays while the file does. A key
 * that the gateway would make (that of a credential) is no source of an id: ids are shown to
 * Services, and a weak key could be guessed from them.
 *
 * @see Kong Gateway, kong/db/schema/others/declarative_config.lua: generate_ids
 */
export function findIds(items: readonly DeclarativeItem[], salt: string): DeclarativeIds {
  return new Ids(items, salt)
}

/** Kong's own, from which those of the tables are made. */
const NAMESPACE = 'fd02801f-0957-4a15-a55a-c8d9606f30b5'
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

class Ids implements DeclarativeIds {
  readonly #salt: string
  readonly #items: readonly DeclarativeItem[]
  readonly #idOfItem = new Map<DeclarativeItem, string>()
  /** Items on the way to their id: what points to itself must not go round for ever. */
  readonly #under = new Set<DeclarativeItem>()
  readonly #namespaces = new Map<string, string>()
  readonly #timesSeen = new Map<string, number>()
  /** By table, then by endpoint key. */
  readonly #byKey = new Map<string, Map<string, DeclarativeItem>>()
  readonly #tableIds = new Map<string, ReadonlySet<string>>()

  constructor(items: readonly DeclarativeItem[], salt: string) {
    this.#items = items
    this.#salt = salt
    for (const item of items) {
      const key = endpointKeyOf(item)
      const table = this.#byKey.get(item.schema.name) ?? new Map<string, DeclarativeItem>()
      this.#byKey.set(item.schema.name, table)
      if (key !== undefined && !table.has(key)) table.set(key, item)
    }
  }

  idOf(item: DeclarativeItem): string {
    const known = this.#idOfItem.get(item)
    if (known !== undefined) return known
    this.#under.add(item)
    const id = givenId(item) ?? this.#derive(item)
    this.#under.delete(item)
    this.#idOfItem.set(item, id)
    return id
  }

  targetOf(item: DeclarativeItem, field: string): string | null | undefined {
    if (item.parent?.field === field) return this.idOf(item.parent.item)
    const reference = item.schema.fields[field]
    if (reference?.type !== 'foreign' || !Object.hasOwn(item.fields, field)) return undefined
    const given = item.fields[field]
    if (typeof given === 'string') return this.#find(reference.reference, given)
    const id = isRecord(given) && Object.hasOwn(given, 'id') ? given.id : undefined
    if (typeof id !== 'string' || !UUID.test(id)) return undefined
    return this.#hasId(reference.reference, id.toLowerCase()) ? id.toLowerCase() : null
  }

  #find(table: string, key: string): string | null {
    const named = this.#byKey.get(table)?.get(key)
    if (named !== undefined && !this.#under.has(named)) return this.idOf(named)
    const id = key.toLowerCase()
    return UUID.test(id) && this.#hasId(table, id) ? id : null
  }

  #hasId(table: string, id: string): boolean {
    const known = this.#tableIds.get(table)
    if (known !== undefined) return known.has(id)
    const items = this.#items.filter((one) => one.schema.name === table && !this.#under.has(one))
    const ids = new Set(items.map((one) => this.idOf(one)))
    const isWhole = ![...this.#under].some((one) => one.schema.name === table)
    if (isWhole) this.#tableIds.set(table, ids)
    return ids.has(id)
  }

  #derive(item: DeclarativeItem): string {
    const key = this.#cacheKey(item) ?? endpointKey(item)
    return uuidOf(this.#namespace(item.schema.name), key ?? this.#wholeOf(item))
  }

  /** `plugins:*:key-auth:ROUTE ID::`, with nothing where a part is not set. */
  #cacheKey(item: DeclarativeItem): string | undefined {
    const { schema, fields } = item
    const parts = schema.cache_key
    if (parts === undefined || parts.some((name) => schema.fields[name]?.auto === true))
      return undefined
    const foreign = new Set(foreignFieldsOf(schema).map(([name]) => name))
    const values = parts.map((name) => {
      if (foreign.has(name)) return this.targetOf(item, name) ?? ''
      const value = Object.hasOwn(fields, name) ? fields[name] : undefined
      return typeof value === 'string' || typeof value === 'number' ? String(value) : ''
    })
    return [schema.name, '*', ...values].join(':')
  }

  #wholeOf(item: DeclarativeItem): string {
    const parent = item.parent === undefined ? '' : this.idOf(item.parent.item)
    const whole = `${item.schema.name}\n${parent}\n${JSON.stringify(item.fields)}`
    const times = this.#timesSeen.get(whole) ?? 0
    this.#timesSeen.set(whole, times + 1)
    return `${this.#salt}\n${times}\n${whole}`
  }

  #namespace(table: string): string {
    const namespace = this.#namespaces.get(table) ?? uuidOf(NAMESPACE, table)
    this.#namespaces.set(table, namespace)
    return namespace
  }
}

function givenId({ fields }: DeclarativeItem): string | undefined {
  const id = Object.hasOwn(fields, 'id') ? fields.id : undefined
  return typeof id === 'string' && UUID.test(id) ? id.toLowerCase() : undefined
}

function endpointKey(item: DeclarativeItem): string | undefined {
  const field = item.schema.endpoint_key
  const isMade = field !== undefined && item.schema.fields[field]?.auto === true
  return isMade ? undefined : endpointKeyOf(item)
}

/** UUID version 5, RFC 9562. */
function uuidOf(namespace: string, name: string): string {
  const bytes = createHash('sha1')
    .update(Buffer.from(namespace.replaceAll('-', ''), 'hex'))
    .update(name)
    .digest()
    .subarray(0, 16)
  bytes[6] = ((bytes[6] as number) & 0x0f) | 0x50
  bytes[8] = ((bytes[8] as number) & 0x3f) | 0x80
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}
