import { PosternError } from '@postern/errors'
import { storeErrors } from './errors.ts'

/** What kind of constraint a write broke. */
export type ConflictKind = 'primary' | 'unique' | 'foreign-missing' | 'foreign-in-use'

/** What there is to tell about a broken constraint, as Kong's Admin API tells it. */
export interface ConflictFacts {
  readonly kind: ConflictKind
  /** The entity that was to be written or deleted. */
  readonly entity: string
  /**
   * The values in the way: `{ id }`, the unique fields, the foreign field with its `{ id }`, or
   * `{ '@referenced_by': entity }`.
   */
  readonly fields: Readonly<Record<string, unknown>>
  /** The entity at the other end of a foreign field. */
  readonly related: string | undefined
}

/**
 * A write that would have broken a constraint. Nothing of its transaction was kept.
 *
 * `fields` quotes values of the row, which may be credentials; the message does not.
 */
export class StoreConflict extends PosternError implements ConflictFacts {
  readonly kind: ConflictKind
  readonly entity: string
  readonly fields: Readonly<Record<string, unknown>>
  readonly related: string | undefined

  constructor(error: PosternError, facts: ConflictFacts) {
    super(error.code, error.message)
    this.name = 'StoreConflict'
    this.kind = facts.kind
    this.entity = facts.entity
    this.fields = facts.fields
    this.related = facts.related
  }
}

/** Whether an error is a StoreConflict, also one of another copy of this package. */
export function isStoreConflict(error: unknown): error is StoreConflict {
  const code = (error as { readonly code?: unknown } | null | undefined)?.code
  return typeof code === 'string' && CONFLICT_CODES.has(code)
}

const CONFLICT_CODES: ReadonlySet<string> = new Set([
  'POSTERN_STORE_PRIMARY_TAKEN',
  'POSTERN_STORE_UNIQUE_TAKEN',
  'POSTERN_STORE_FOREIGN_MISSING',
  'POSTERN_STORE_FOREIGN_IN_USE',
])

/** The id of a new row is taken. */
export function primaryTaken(entity: string, id: string): StoreConflict {
  const error = storeErrors.PRIMARY_TAKEN(entity)
  return new StoreConflict(error, { kind: 'primary', entity, fields: { id }, related: undefined })
}

/** Another row has the same unique values. */
export function uniqueTaken(
  entity: string,
  fields: Readonly<Record<string, unknown>>,
): StoreConflict {
  const error = storeErrors.UNIQUE_TAKEN(entity, Object.keys(fields))
  return new StoreConflict(error, { kind: 'unique', entity, fields, related: undefined })
}

/** A foreign field points to a row that is not there. */
export function foreignMissing(
  entity: string,
  field: string,
  id: string,
  reference: string,
): StoreConflict {
  const error = storeErrors.FOREIGN_MISSING(entity, field, reference)
  const fields = { [field]: { id } }
  return new StoreConflict(error, { kind: 'foreign-missing', entity, fields, related: reference })
}

/** A row that stays points to the row to delete. */
export function foreignInUse(entity: string, by: string): StoreConflict {
  const error = storeErrors.FOREIGN_IN_USE(entity, by)
  const fields = { '@referenced_by': by }
  return new StoreConflict(error, { kind: 'foreign-in-use', entity, fields, related: by })
}
