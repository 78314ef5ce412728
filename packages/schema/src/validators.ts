import type { Field, PatternRule, PatternsRule, Validators, Violation } from './field.ts'
import { messages, quoteList, showValue } from './messages.ts'
import { isObject } from './plain-object.ts'

/**
 * Runs the validators of a field on a value of the right type. The first that fails gives the
 * message, unless the field has one of its own in `err`.
 *
 * `eq` and `ne` of `null` are decided before, where `null` is.
 */
export function runValidators(field: Field, value: unknown): Violation | undefined {
  for (const [name, validate] of VALIDATORS) {
    const argument = argumentOf(field, name)
    if (argument === undefined) continue
    const violation = validate(value, argument as never)
    if (violation !== undefined) return field.err ?? violation
  }
  return undefined
}

/** An empty string is refused even where the schema says nothing about its length. */
function argumentOf(field: Field, name: keyof Validators): unknown {
  if (name === 'len_min' && field.type === 'string') return field.len_min ?? 1
  return field[name]
}

type Validate = (value: unknown, argument: never) => Violation | undefined

/** In Kong's order: it decides which message a value with several faults gets. */
const VALIDATORS: readonly (readonly [keyof Validators, Validate])[] = [
  ['eq', (value, wanted: unknown) => says(value === wanted, `value must be ${showValue(wanted)}`)],
  ['ne', (value, bad: unknown) => says(value !== bad, `value must not be ${showValue(bad)}`)],
  ['not_one_of', notOneOf],
  ['one_of', oneOf],
  [
    'gt',
    (value, least: number) => says(Number(value) > least, `value must be greater than ${least}`),
  ],
  ['timestamp', (value) => says(Number(value) > 0, 'expected a valid timestamp')],
  ['uuid', (value) => says(UUID.test(String(value)), 'expected a valid UUID')],
  ['is_regex', isRegex],
  ['between', isBetween],
  ['len_eq', (value, n: number) => says(lengthOf(value) === n, `length must be ${n}`)],
  ['len_min', (value, n: number) => says(lengthOf(value) >= n, `length must be at least ${n}`)],
  ['len_max', (value, n: number) => says(lengthOf(value) <= n, `length must be at most ${n}`)],
  [
    'starts_with',
    (value, start: string) => says(String(value).startsWith(start), `should start with: ${start}`),
  ],
  ['not_match', (value, bad: string) => says(!matches(value, bad), invalid(value))],
  ['match_none', matchNone],
  ['match', (value, pattern: string) => says(matches(value, pattern), invalid(value))],
  ['match_all', matchAll],
  ['match_any', matchAny],
  ['contains', contains],
  [
    'custom_validator',
    (value, validate: (value: unknown) => Violation | undefined) => validate(value),
  ],
  ['mutually_exclusive_subsets', mutuallyExclusiveSubsets],
]

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

function says(isFine: boolean, message: string): string | undefined {
  return isFine ? undefined : message
}

function invalid(value: unknown): string {
  return `invalid value: ${showValue(value)}`
}

function notOneOf(value: unknown, bad: readonly unknown[]): string | undefined {
  return says(!bad.includes(value), `must not be one of: ${bad.map(showValue).join(', ')}`)
}

function oneOf(value: unknown, choices: readonly unknown[]): string | undefined {
  return says(choices.includes(value), `expected one of: ${choices.map(showValue).join(', ')}`)
}

function isRegex(value: unknown): string | undefined {
  try {
    new RegExp(String(value), 'u')
    return undefined
  } catch {
    return `not a valid regex: ${showValue(value)}`
  }
}

function isBetween(
  value: unknown,
  [least, greatest]: readonly [number, number],
): string | undefined {
  const number = Number(value)
  return says(
    number >= least && number <= greatest,
    `value should be between ${least} and ${greatest}`,
  )
}

/** A string is as long as its UTF-8 form has bytes, as in Lua. */
function lengthOf(value: unknown): number {
  if (typeof value === 'string') return Buffer.byteLength(value)
  if (Array.isArray(value)) return value.length
  return isObject(value) ? Object.keys(value).length : 0
}

function matches(value: unknown, pattern: string): boolean {
  return new RegExp(pattern, 'u').test(String(value))
}

function matchNone(value: unknown, rules: readonly PatternRule[]): string | undefined {
  return rules.find((rule) => matches(value, rule.pattern))?.err
}

function matchAll(value: unknown, rules: readonly PatternRule[]): string | undefined {
  return rules.find((rule) => !matches(value, rule.pattern))?.err
}

function matchAny(value: unknown, rule: PatternsRule): string | undefined {
  return says(
    rule.patterns.some((pattern) => matches(value, pattern)),
    rule.err,
  )
}

function contains(value: unknown, wanted: unknown): string | undefined {
  const isThere = Array.isArray(value) && value.includes(wanted)
  return says(isThere, `expected to contain: ${showValue(wanted)}`)
}

function mutuallyExclusiveSubsets(
  value: unknown,
  subsets: readonly (readonly string[])[],
): string | undefined {
  const elements = Array.isArray(value) ? value : []
  const touched = subsets.filter((subset) => subset.some((name) => elements.includes(name)))
  if (touched.length < 2) return undefined
  const groups = touched.map((subset) => `(${quoteList(subset)})`).join(', ')
  return `these sets are mutually exclusive: ${groups}`
}

/** Decides about `null`, which passes unless the field asks for a value. */
export function validateNull(field: Field): string | undefined {
  if (field.ne === null) return field.err ?? 'value must not be null'
  if (field.eq !== undefined && field.eq !== null) {
    return field.err ?? `value must be ${showValue(field.eq)}`
  }
  return isRequired(field) ? messages.required : undefined
}

/** Records are there even when nothing was said, so that the defaults in them are. */
export function isRequired(field: Field): boolean {
  return field.required ?? (field.type === 'record' && !field.abstract)
}
