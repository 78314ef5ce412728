import { describeViolations, type Violations } from '@postern/schema'
import { printKey } from './print-key.ts'

/**
 * An answer that ends a request early. Thrown to leave a transaction: nothing of it is kept then.
 * Texts, codes and names are those of Kong's Admin API.
 *
 * @see Kong Gateway, kong/db/errors.lua
 */
export class Refusal extends Error {
  readonly status: number
  readonly body: Readonly<Record<string, unknown>>

  constructor(status: number, body: Readonly<Record<string, unknown>>) {
    super(String(body.message))
    this.name = 'Refusal'
    this.status = status
    this.body = body
  }
}

/** An answer that is nothing but a message. */
export function refuse(status: number, message: string): Refusal {
  return new Refusal(status, { message })
}

/** 404 without a code, what most requests for something missing get. */
export function notFound(): Refusal {
  return refuse(404, 'Not found')
}

export function methodNotAllowed(): Refusal {
  return refuse(405, 'Method not allowed')
}

export function invalidPrimaryKey(fields: Readonly<Record<string, string>>): Refusal {
  const message = `invalid primary key: '${printKey(fields)}'`
  return new Refusal(400, { code: 1, name: 'invalid primary key', message, fields })
}

export function schemaViolation(violations: Violations): Refusal {
  const message = describeViolations(violations)
  return new Refusal(400, { code: 2, name: 'schema violation', message, fields: violations })
}

export function primaryKeyViolation(fields: Readonly<Record<string, unknown>>): Refusal {
  const message = `primary key violation on key '${printKey(fields)}'`
  return new Refusal(400, { code: 3, name: 'primary key violation', message, fields })
}

export function foreignKeyMissing(
  fields: Readonly<Record<string, unknown>>,
  reference: string,
): Refusal {
  const [key] = Object.values(fields)
  const message = `the foreign key '${printKey(key as object)}' does not reference an existing '${reference}' entity.`
  return new Refusal(400, { code: 4, name: 'foreign key violation', message, fields })
}

export function foreignKeyInUse(entity: string, referencedBy: string): Refusal {
  const message = `an existing '${referencedBy}' entity references this '${entity}' entity`
  const fields = { '@referenced_by': referencedBy }
  return new Refusal(400, { code: 4, name: 'foreign key violation', message, fields })
}

export function uniqueViolation(fields: Readonly<Record<string, unknown>>): Refusal {
  const message = `UNIQUE violation detected on '${printKey(fields)}'`
  return new Refusal(409, { code: 5, name: 'unique constraint violation', message, fields })
}

/** 404 with a code: PATCH of something missing. */
export function entityNotFound(fields: Readonly<Record<string, unknown>>): Refusal {
  const what = 'id' in fields ? 'the entity with primary key' : 'the entity with'
  const message = `could not find ${what} '${printKey(fields)}'`
  return new Refusal(404, { code: 6, name: 'not found', message, fields })
}

export function invalidOffset(offset: string, reason: string): Refusal {
  const message = `'${offset}' is not a valid offset: ${reason}`
  return new Refusal(400, { code: 7, name: 'invalid offset', message })
}

export function invalidSize(message: string): Refusal {
  return new Refusal(400, { code: 9, name: 'invalid size', message })
}

/** A key in a path that the field it stands for would not take. */
export function invalidUnique(field: string, message: string): Refusal {
  const name = `invalid unique ${field}`
  return new Refusal(400, { code: 10, name, message, fields: { [field]: message } })
}

export function invalidOptions(options: Readonly<Record<string, string>>): Refusal {
  const told = Object.entries(options).map(([name, message]) => `${name}: ${message}`)
  const message = `invalid option (${told.join('; ')})`
  return new Refusal(400, { code: 11, name: 'invalid options', message, options })
}

export function operationUnsupported(message: string): Refusal {
  return new Refusal(405, { code: 12, name: 'operation unsupported', message })
}

/** Foreign values given by a unique field, for which there is no row. */
export function foreignKeysUnresolved(
  fields: Readonly<Record<string, Readonly<Record<string, string>>>>,
): Refusal {
  const lines = Object.entries(fields).flatMap(([field, keys]) =>
    Object.entries(keys).map(([key, reason]) => `${field}.${key}: ${reason}`),
  )
  const subject = lines.length === 1 ? 'foreign key' : 'foreign keys'
  const message = `${subject} unresolved (${lines.join('; ')})`
  return new Refusal(400, { code: 13, name: 'foreign keys unresolved', message, fields })
}

export function referencedByOthers(message: string): Refusal {
  return new Refusal(400, { code: 19, name: 'referenced by others', message })
}
