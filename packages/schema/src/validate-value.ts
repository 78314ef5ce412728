import type { Field, MapField, Violation } from './field.ts'
import { fillFields } from './fill-fields.ts'
import { messageOfType, messages } from './messages.ts'
import { isEmptyObject, isObject, ownValue } from './plain-object.ts'
import { type EntityRules, runEntityChecks } from './run-entity-checks.ts'
import { runValidators, validateNull } from './validators.ts'
import type { Violations } from './violations.ts'

/** Checks one value: its type, then its parts, then its validators. */
export function validateValue(field: Field, value: unknown): Violation | undefined {
  if (value === null || value === undefined) return validateNull(field)
  if (field.eq === null) return field.err ?? 'value must be null'
  if (field.abstract) return messages.noSubschema
  if (isVaultReference(field, value)) return undefined
  if (!hasType(field, value)) return messageOfType[field.type]
  return validateParts(field, value) ?? runValidators(field, value)
}

/** What a secret is called is known here, what it is only when it is used. */
function isVaultReference(field: Field, value: unknown): boolean {
  return field.referenceable === true && typeof value === 'string' && VAULT_REFERENCE.test(value)
}

const VAULT_REFERENCE = /^\{vault:\/\/.*\}$/s

function hasType(field: Field, value: unknown): boolean {
  switch (field.type) {
    case 'string':
    case 'number':
    case 'boolean':
      return typeof value === field.type
    case 'integer':
      return Number.isInteger(value)
    case 'array':
    case 'set':
      return Array.isArray(value) || isEmptyObject(value)
    case 'map':
      return typeof value === 'object'
    case 'record':
      return isObject(value) || (Array.isArray(value) && value.length === 0)
    case 'foreign':
    case 'json':
      return true
  }
}

function validateParts(field: Field, value: unknown): Violation | undefined {
  if (field.type === 'array' || field.type === 'set') return validateList(field.elements, value)
  if (field.type === 'map') return validateMap(field, value)
  if (field.type === 'foreign') return validateForeign(value)
  if (field.type !== 'record') return undefined
  const fields = field.fields ?? {}
  const rules = { fields, checks: field.entity_checks ?? [] }
  const violations = validateFields(rules, fillFields(fields, value))
  return Object.keys(violations).length === 0 ? undefined : violations
}

function validateList(elements: Field, value: unknown): Violation | undefined {
  const list = Array.isArray(value) ? value : []
  const violations = list.map((element) => validateRequired(elements, element) ?? null)
  const last = violations.findLastIndex((violation) => violation !== null)
  return last === -1 ? undefined : violations.slice(0, last + 1)
}

/** The first fault stands for the whole map, without the key it was found at, as in Kong. */
function validateMap(field: MapField, value: unknown): Violation | undefined {
  const entries = Array.isArray(value) ? [...value.entries()] : Object.entries(value as object)
  for (const [key, inner] of entries) {
    const violation = validateRequired(field.keys, key) ?? validateRequired(field.values, inner)
    if (violation !== undefined) return violation
  }
  return undefined
}

function validateRequired(field: Field, value: unknown): Violation | undefined {
  return validateValue({ ...field, required: true }, value)
}

/** Whatever has no id lacks it, a text as well; fields beside the id were dropped before. */
function validateForeign(value: unknown): Violation | undefined {
  const id = isObject(value) ? ownValue(value, 'id') : undefined
  if (id === undefined) return { id: messages.missingPrimaryKey }
  const violation = validateRequired(PRIMARY_KEY, id)
  return violation === undefined ? undefined : { id: violation }
}

const PRIMARY_KEY: Field = { type: 'string', uuid: true }

/** Checks the fields of a record, unknown ones among them, and then what they are together. */
export function validateFields(
  rules: EntityRules,
  record: Readonly<Record<string, unknown>>,
): Violations {
  const violations: [string, Violation][] = []
  for (const [name, value] of Object.entries(record)) {
    const violation = Object.hasOwn(rules.fields, name)
      ? validateValue(rules.fields[name] as Field, value)
      : messages.unknown
    if (violation !== undefined) violations.push([name, violation])
  }
  const subject = { rules, record, validate: validateValue }
  return runEntityChecks(subject, Object.fromEntries(violations))
}
