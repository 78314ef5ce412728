import { defineRecord, type Fields, type RecordSchema, type Violation } from '@postern/schema'
import type { TrialExit } from './trial-exit.ts'

const PHASES = ['rewrite', 'access', 'response', 'header_filter']

/** Longest texts of a trial, in characters: an exit is small, whoever sends it. */
const MAX_TEXT = 8192

const text = { type: 'string', len_max: MAX_TEXT } as const

/** The fields of an exit on trial. `body` is any JSON value, looked at by its validator. */
export const TRIAL_EXIT_FIELDS: Fields = {
  status: { type: 'integer', between: [200, 599] },
  body: { type: 'json', custom_validator: checkBody },
  headers: { type: 'json', custom_validator: checkExitHeaders },
  reason: text,
  source: { type: 'string', one_of: ['exit', 'error'] },
  phase: { type: 'string', one_of: PHASES },
  plugin: text,
  message: { ...text, len_min: 0 },
  request: {
    type: 'record',
    required: false,
    fields: {
      id: text,
      method: { type: 'string', match: '^[A-Za-z]{1,32}$' },
      scheme: { type: 'string', one_of: ['http', 'https'] },
      host: text,
      path: { ...text, starts_with: '/' },
      query: { type: 'json', custom_validator: checkValues },
      headers: { type: 'json', custom_validator: checkRequestHeaders },
    },
  },
  route: { type: 'json', custom_validator: checkEntity },
  service: { type: 'json', custom_validator: checkEntity },
  consumer: { type: 'json', custom_validator: checkEntity },
}

/** What a gateway keeps of an exit besides: facts that a trial has no use for. */
export const KEPT_FIELDS: Fields = {
  at: { type: 'string' },
  body_cut: { type: 'boolean' },
  headers_cut: { type: 'boolean' },
  sent: { type: 'json' },
}

/** An exit on trial; one that a gateway has kept is one as well. */
export const trialExitSchema: RecordSchema = defineRecord({
  fields: { ...TRIAL_EXIT_FIELDS, ...KEPT_FIELDS },
})

/** A checked exit without the empty fields that checking has filled in. */
export function asTrialExit(checked: Readonly<Record<string, unknown>>): TrialExit {
  const known = Object.entries(checked).filter(([name]) => !Object.hasOwn(KEPT_FIELDS, name))
  return withoutNulls(Object.fromEntries(known))
}

function withoutNulls(record: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const given = Object.entries(record).filter(([, value]) => value !== null && value !== undefined)
  return Object.fromEntries(
    given.map(([name, value]) => [
      name,
      name === 'request' ? withoutNulls(value as Readonly<Record<string, unknown>>) : value,
    ]),
  )
}

function checkBody(body: unknown): Violation | undefined {
  return typeof body === 'string' || typeof body === 'object'
    ? undefined
    : 'expected an object, an array or a text'
}

function checkValues(values: unknown): Violation | undefined {
  if (!isTable(values)) return 'expected names and values'
  return violationsOf(values, (value) => (isText(value) ? undefined : 'expected a text'))
}

/** What a client can send: HTTP has no way to write others. */
function checkRequestHeaders(headers: unknown): Violation | undefined {
  if (!isTable(headers)) return 'expected names and values'
  return violationsOf(headers, (value, name) => {
    if (!TOKEN.test(name)) return 'is not the name of a header'
    if (!isText(value)) return 'expected a text'
    return [value].flat().some((one) => CONTROL.test(one)) ? 'has a control character' : undefined
  })
}

function checkExitHeaders(headers: unknown): Violation | undefined {
  if (!isTable(headers)) return 'expected names and values'
  return violationsOf(headers, (value, name) => {
    if (!TOKEN.test(name)) return 'is not the name of a header'
    if (typeof value === 'number' || typeof value === 'boolean') return undefined
    if (!isText(value)) return 'expected a text'
    return [value].flat().some((one) => CONTROL.test(one)) ? 'has a control character' : undefined
  })
}

function checkEntity(entity: unknown): Violation | undefined {
  if (typeof entity === 'string' && entity !== '') return undefined
  if (!isTable(entity)) return 'expected a name, or an object with id and name'
  return violationsOf(entity, (value, name) => {
    if (name !== 'id' && name !== 'name') return 'unknown field'
    return typeof value === 'string' || (name === 'name' && value === null)
      ? undefined
      : 'expected a string'
  })
}

/** RFC 9110, 5.6.2. */
const TOKEN = /^[\w!#$%&'*+.^`|~-]{1,256}$/
// A tab may stand in a field value (RFC 9110, 5.5).
const CONTROL = /[\0-\x08\x0a-\x1f\x7f]/

function isTable(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isText(value: unknown): value is string | readonly string[] {
  return (
    typeof value === 'string' ||
    (Array.isArray(value) && value.every((one) => typeof one === 'string'))
  )
}

function violationsOf(
  table: Readonly<Record<string, unknown>>,
  check: (value: unknown, name: string) => string | undefined,
): Violation | undefined {
  const found = Object.entries(table).flatMap(([name, value]) => {
    const wrong = check(value, name)
    return wrong === undefined ? [] : [[name, wrong] as const]
  })
  return found.length === 0 ? undefined : Object.fromEntries(found)
}
