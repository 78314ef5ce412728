import type { EntityCheck } from './entity-check.ts'
import type { ConditionalAtLeastOneOfCheck, ConditionalCheck, FieldMatch } from './entity-check.ts'
import { atLeastOneOf, checkTogether, isSet } from './check-together.ts'
import type { Field, Fields, Violation } from './field.ts'
import { checkedFields, readPath, writePath } from './field-path.ts'
import { quoteList } from './messages.ts'
import { ownValue } from './plain-object.ts'
import type { Violations } from './violations.ts'

/** The fields of a record, and the rules about several of them together. */
export interface EntityRules {
  readonly fields: Fields
  readonly checks: readonly EntityCheck[]
  /** Kong words some messages differently on an update. */
  readonly isUpdate?: boolean
}

/** What is checked. */
export interface Subject {
  readonly rules: EntityRules
  readonly record: Readonly<Record<string, unknown>>
  /** Checks one value. Handed in, because checking a record runs entity checks again. */
  readonly validate: (field: Field, value: unknown) => Violation | undefined
}

/** Runs the entity checks and adds what they find to the violations of the fields. */
export function runEntityChecks(subject: Subject, found: Violations): Violations {
  let violations = found
  for (const check of subject.rules.checks) {
    if (isKeptFromRunning(check, violations)) continue
    violations = addFinding(violations, runCheck(check, subject))
  }
  return violations
}

/**
 * Checks that compare values trust them to be fine. Those that only ask whether fields are set, or
 * that check a field themselves, run anyway, as in Kong.
 */
function isKeptFromRunning(check: EntityCheck, violations: Violations): boolean {
  if ('at_least_one_of' in check || 'only_one_of' in check) return false
  if ('conditional' in check) return hasViolation(violations, check.conditional.if_field)
  if ('conditional_at_least_one_of' in check) {
    return hasViolation(violations, check.conditional_at_least_one_of.if_field)
  }
  if ('custom_entity_check' in check && check.custom_entity_check.run_with_invalid_fields) {
    return false
  }
  return checkedFields(check).some((name) => hasViolation(violations, name))
}

function hasViolation(violations: Violations, name: string): boolean {
  return readPath(violations, name) !== undefined
}

/** What a check has to say: about the entity, and sometimes about one field as well. */
interface Finding {
  readonly message: string
  readonly field?: readonly [name: string, violation: Violation]
}

function addFinding(violations: Violations, finding: Finding | undefined): Violations {
  if (finding === undefined) return violations
  const told = (ownValue(violations, '@entity') ?? []) as readonly string[]
  const added: Violations = { ...violations, '@entity': [...told, finding.message] }
  return finding.field === undefined ? added : (writePath(added, ...finding.field) as Violations)
}

function runCheck(check: EntityCheck, subject: Subject): Finding | undefined {
  if ('conditional' in check) return runConditional(check.conditional, subject)
  const message = messageOf(check, subject)
  return message === undefined ? undefined : { message }
}

function messageOf(
  check: Exclude<EntityCheck, { conditional: unknown }>,
  subject: Subject,
): string | undefined {
  if ('custom_entity_check' in check) return check.custom_entity_check.fn(subject.record)
  if ('conditional_at_least_one_of' in check) {
    return runConditionalAtLeastOneOf(check.conditional_at_least_one_of, subject)
  }
  return checkTogether(check, subject.record, subject.rules)
}

function runConditional(check: ConditionalCheck, subject: Subject): Finding | undefined {
  const { if_field: source, then_field: target } = check
  if (!holds(check.if_match, source, subject)) return undefined
  const violation = validateMatch(check.then_match, target, subject)
  if (violation === undefined) return undefined
  const usual = `failed conditional validation given value of field '${source}'`
  return {
    message: check.then_err?.replace('%s', () => source) ?? usual,
    field: [target, violation],
  }
}

function runConditionalAtLeastOneOf(
  check: ConditionalAtLeastOneOfCheck,
  subject: Subject,
): string | undefined {
  const isThen = holds(check.if_match, check.if_field, subject)
  const isElse = !isThen && holds(check.else_match, check.if_field, subject)
  if (!isThen && !isElse) return undefined
  const names = isThen ? check.then_at_least_one_of : (check.else_then_at_least_one_of ?? [])
  if (names.some((name) => isSet(readPath(subject.record, name)))) return undefined
  const text = isThen ? check.then_err : check.else_then_err
  return text?.replace('%s', () => quoteList(names)) ?? atLeastOneOf(names, subject.rules)
}

function holds(match: FieldMatch | undefined, name: string, subject: Subject): boolean {
  return match !== undefined && validateMatch(match, name, subject) === undefined
}

/** The match is laid over the field's own description, so that its type and validators stay. */
function validateMatch(match: FieldMatch, name: string, subject: Subject): Violation | undefined {
  const field = { ...fieldAt(subject.rules.fields, name), ...match } as Field
  return subject.validate(field, readPath(subject.record, name) ?? null)
}

function fieldAt(fields: Fields, path: string): Field | undefined {
  const [name, ...rest] = path.split('.') as [string, ...string[]]
  const field = fields[name]
  if (rest.length === 0 || field?.type !== 'record') return field
  return fieldAt(field.fields ?? {}, rest.join('.'))
}
