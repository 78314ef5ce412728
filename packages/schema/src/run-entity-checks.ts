import type { ConditionalCheck, EntityCheck, FieldMatch } from './entity-check.ts'
import type { ConditionalAtLeastOneOfCheck, CustomEntityCheck } from './entity-check.ts'
import type { Field, Fields, Violation } from './field.ts'
import { checkedFields, readPath, writePath } from './field-path.ts'
import { quoteList } from './messages.ts'
import { ownValue } from './plain-object.ts'
import { validateValue } from './validate-value.ts'
import type { Violations } from './violations.ts'

/** The fields of a record, and the rules about several of them together. */
export interface EntityRules {
  readonly fields: Fields
  readonly checks: readonly EntityCheck[]
  /** Kong words some messages differently on an update. */
  readonly isUpdate?: boolean
}

/** Runs the entity checks and adds what they find to the violations of the fields. */
export function runEntityChecks(
  rules: EntityRules,
  record: Readonly<Record<string, unknown>>,
  found: Violations,
): Violations {
  let violations: Violations = found
  for (const check of rules.checks) {
    if (isKeptFromRunning(check, violations)) continue
    violations = addFinding(violations, runCheck(check, rules, record))
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

function runCheck(
  check: EntityCheck,
  rules: EntityRules,
  record: Readonly<Record<string, unknown>>,
): Finding | undefined {
  if ('conditional' in check) return runConditional(check.conditional, rules, record)
  if ('conditional_at_least_one_of' in check) {
    return runConditionalAtLeastOneOf(check.conditional_at_least_one_of, rules, record)
  }
  if ('custom_entity_check' in check) return runCustom(check.custom_entity_check, record)
  const message = countingMessage(check, rules, record)
  return message === undefined ? undefined : { message }
}

type CountingCheck = Exclude<
  EntityCheck,
  | { conditional: unknown }
  | { conditional_at_least_one_of: unknown }
  | { custom_entity_check: unknown }
>

function countingMessage(
  check: CountingCheck,
  rules: EntityRules,
  record: Readonly<Record<string, unknown>>,
): string | undefined {
  const setOf = (names: readonly string[]) => names.filter((name) => isSet(readPath(record, name)))
  if ('at_least_one_of' in check) {
    const names = check.at_least_one_of
    return setOf(names).length > 0 ? undefined : atLeastOneOf(rules, names)
  }
  if ('only_one_of' in check) {
    const names = check.only_one_of
    if (setOf(names).length === 1) return undefined
    return `exactly one of these fields must be non-empty: ${quoteList(names)}`
  }
  if ('distinct' in check) return distinctMessage(check.distinct, record)
  if ('mutually_required' in check) {
    const names = check.mutually_required
    if ([0, names.length].includes(setOf(names).length)) return undefined
    return `all or none of these fields must be set: ${quoteList(names)}`
  }
  if ('mutually_exclusive' in check) {
    const names = check.mutually_exclusive
    if (setOf(names).length < 2) return undefined
    return `only one or none of these fields must be set: ${quoteList(names)}`
  }
  const { set1, set2 } = check.mutually_exclusive_sets
  const [first, second] = [setOf(set1), setOf(set2)]
  if (first.length === 0 || second.length === 0) return undefined
  return `these sets are mutually exclusive: (${quoteList(first)}), (${quoteList(second)})`
}

/** Not `null`, not `""`, and no list, map or record without anything in it. */
function isSet(value: unknown): boolean {
  if (value === null || value === undefined || value === '') return false
  return typeof value !== 'object' || Object.keys(value).length > 0
}

function atLeastOneOf(rules: EntityRules, names: readonly string[]): string {
  const prefix = rules.isUpdate ? 'when updating, ' : ''
  return `${prefix}at least one of these fields must be non-empty: ${quoteList(names)}`
}

function distinctMessage(
  names: readonly string[],
  record: Readonly<Record<string, unknown>>,
): string | undefined {
  const values = names.map((name) => readPath(record, name)).filter(isSet)
  if (new Set(values).size === values.length) return undefined
  return `values of these fields must be distinct: ${quoteList(names)}`
}

function runConditional(
  check: ConditionalCheck,
  rules: EntityRules,
  record: Readonly<Record<string, unknown>>,
): Finding | undefined {
  const { if_field: source, then_field: target } = check
  if (!holds(check.if_match, source, rules, record)) return undefined
  const violation = validateMatch(check.then_match, target, rules, record)
  if (violation === undefined) return undefined
  const usual = `failed conditional validation given value of field '${source}'`
  return {
    message: check.then_err?.replace('%s', () => source) ?? usual,
    field: [target, violation],
  }
}

function runConditionalAtLeastOneOf(
  check: ConditionalAtLeastOneOfCheck,
  rules: EntityRules,
  record: Readonly<Record<string, unknown>>,
): Finding | undefined {
  const isThen = holds(check.if_match, check.if_field, rules, record)
  const isElse = !isThen && holds(check.else_match, check.if_field, rules, record)
  if (!isThen && !isElse) return undefined
  const names = isThen ? check.then_at_least_one_of : (check.else_then_at_least_one_of ?? [])
  if (names.some((name) => isSet(readPath(record, name)))) return undefined
  const text = isThen ? check.then_err : check.else_then_err
  return { message: text?.replace('%s', () => quoteList(names)) ?? atLeastOneOf(rules, names) }
}

function holds(
  match: FieldMatch | undefined,
  name: string,
  rules: EntityRules,
  record: Readonly<Record<string, unknown>>,
): boolean {
  return match !== undefined && validateMatch(match, name, rules, record) === undefined
}

/** The match is laid over the field's own description, so that its type and validators stay. */
function validateMatch(
  match: FieldMatch,
  name: string,
  rules: EntityRules,
  record: Readonly<Record<string, unknown>>,
): Violation | undefined {
  const field = { ...fieldAt(rules.fields, name), ...match } as Field
  return validateValue(field, readPath(record, name) ?? null)
}

function fieldAt(fields: Fields, path: string): Field | undefined {
  const [name, ...rest] = path.split('.') as [string, ...string[]]
  const field = fields[name]
  if (rest.length === 0 || field?.type !== 'record') return field
  return fieldAt(field.fields ?? {}, rest.join('.'))
}

function runCustom(
  check: CustomEntityCheck,
  record: Readonly<Record<string, unknown>>,
): Finding | undefined {
  const message = check.fn(record)
  return message === undefined ? undefined : { message }
}
