import type { EntityCheck } from './entity-check.ts'
import { readPath } from './field-path.ts'
import { quoteList } from './messages.ts'

/** A rule about which of some fields are set, or differ. */
export type TogetherCheck = Exclude<
  EntityCheck,
  | { conditional: unknown }
  | { conditional_at_least_one_of: unknown }
  | { custom_entity_check: unknown }
>

/** Checks which of some fields are set. Answers Kong's text when the rule is broken. */
export function checkTogether(
  check: TogetherCheck,
  record: Readonly<Record<string, unknown>>,
  wording: { readonly isUpdate?: boolean },
): string | undefined {
  const setOf = (names: readonly string[]) => names.filter((name) => isSet(readPath(record, name)))
  if ('at_least_one_of' in check) {
    const names = check.at_least_one_of
    return setOf(names).length > 0 ? undefined : atLeastOneOf(names, wording)
  }
  if ('only_one_of' in check) {
    const names = check.only_one_of
    if (setOf(names).length === 1) return undefined
    return `exactly one of these fields must be non-empty: ${quoteList(names)}`
  }
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
  if ('distinct' in check) return checkDistinct(check.distinct, record)
  const { set1, set2 } = check.mutually_exclusive_sets
  return checkExclusive(setOf(set1), setOf(set2))
}

/** Not `null`, not `""`, and no list, map or record without anything in it. */
export function isSet(value: unknown): boolean {
  if (value === null || value === undefined || value === '') return false
  return typeof value !== 'object' || Object.keys(value).length > 0
}

/** Kong's text for fields of which one is needed. */
export function atLeastOneOf(
  names: readonly string[],
  { isUpdate }: { readonly isUpdate?: boolean },
): string {
  const text = `at least one of these fields must be non-empty: ${quoteList(names)}`
  return isUpdate ? `when updating, ${text}` : text
}

function checkDistinct(
  names: readonly string[],
  record: Readonly<Record<string, unknown>>,
): string | undefined {
  const values = names.map((name) => readPath(record, name)).filter(isSet)
  if (new Set(values).size === values.length) return undefined
  return `values of these fields must be distinct: ${quoteList(names)}`
}

function checkExclusive(first: readonly string[], second: readonly string[]): string | undefined {
  if (first.length === 0 || second.length === 0) return undefined
  return `these sets are mutually exclusive: (${quoteList(first)}), (${quoteList(second)})`
}
