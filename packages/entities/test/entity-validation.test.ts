// Outcomes of Kong's own schema engine, replayed: test/cases/entity-validation.json.
import { readFileSync } from 'node:fs'
import { checkEntity, type EntitySchema, type Violations } from '@postern/schema'
import { describe, expect, it } from 'vitest'
import { coreEntities, createRoutes, type RouterFlavor } from '@postern/entities'

interface Case {
  readonly id: string
  readonly entity: string
  /** Routes only: the router flavors for which the outcome holds. */
  readonly flavors?: readonly string[]
  readonly input: Readonly<Record<string, unknown>>
  readonly ok: boolean
  readonly errors?: Violations
  /** The text goes on with words of a regular-expression library. */
  readonly errors_starting_with?: Violations
  /** Some of the fields of the complete entity. */
  readonly filled_in?: Readonly<Record<string, unknown>>
}

const FILE = new URL('cases/entity-validation.json', import.meta.url)
const cases = JSON.parse(readFileSync(FILE, 'utf8')) as readonly Case[]

/** The outcomes of one flavor are compared with the Routes of that flavor. */
const flavorOf = ({ flavors = ['traditional_compatible'] }: Case): RouterFlavor =>
  flavors.includes('traditional_compatible')
    ? 'traditional_compatible'
    : (flavors[0] as RouterFlavor)

/**
 * These need a parser of Kong's expression language, which comes with the matcher for it
 * (`checkExpression`). Without one every expression is taken.
 */
const NOT_YET: ReadonlySet<string> = new Set([
  'entity-0453',
  'entity-0477',
  'entity-0479',
  'entity-0481',
  'entity-0497',
  'entity-0501',
  'entity-0503',
  'entity-0505',
  'entity-0507',
  'entity-0511',
  'entity-0515',
  'entity-0519',
  'entity-0523',
  'entity-1141',
  'entity-1155',
  'entity-1173',
  'entity-1179',
  'entity-1181',
  'entity-1187',
  'entity-1203',
  'entity-1205',
  'entity-1217',
  'entity-1219',
  'entity-1227',
  'entity-1261',
])

const schemaByName = new Map<string, EntitySchema>(coreEntities.map((one) => [one.name, one]))

const held = cases.filter(({ id }) => !NOT_YET.has(id))
const notYet = cases.filter(({ id }) => NOT_YET.has(id))

describe('outcomes of Kong', () => {
  it.each(held)('holds for $id ($entity)', (one) => {
    expect(outcomeOf(one)).toEqual(expectedOf(one))
  })

  it.each(notYet)('does not hold yet for $id ($entity)', (one) => {
    expect(outcomeOf(one)).not.toEqual(expectedOf(one))
  })

  it('holds for all but a few Routes of the flavor expressions', () => {
    expect([held.length, notYet.length]).toEqual([699, 25])
    expect(new Set(notYet.map(flavorOf))).toEqual(new Set(['expressions']))
  })
})

function schemaOf(one: Case): EntitySchema {
  if (one.entity === 'routes') return createRoutes({ flavor: flavorOf(one) })
  return schemaByName.get(one.entity) as EntitySchema
}

/** What our schema says, cut down to what the case tells. */
function outcomeOf(one: Case): object {
  const { input, errors, errors_starting_with, filled_in } = one
  const checked = checkEntity(schemaOf(one), input, { operation: 'insert' })
  if (checked.ok) return { ok: true, ...(filled_in && pick(checked.value, Object.keys(filled_in))) }
  if (errors_starting_with === undefined) return { ok: false, errors: checked.violations }
  return { ok: false, errors: cut(checked.violations, { ...errors, ...errors_starting_with }) }
}

function expectedOf({ ok, errors, errors_starting_with, filled_in }: Case): object {
  if (ok) return { ok, ...(filled_in && asLists(filled_in)) }
  return { ok, errors: { ...errors, ...errors_starting_with } }
}

function pick(record: object, names: readonly string[]): object {
  return Object.fromEntries(Object.entries(record).filter(([name]) => names.includes(name)))
}

/** Lua writes an empty list as `{}`. Of the fields in the cases, only lists can be empty. */
function asLists(record: object): object {
  const entries = Object.entries(record).map(([name, value]) => {
    return [name, JSON.stringify(value) === '{}' ? [] : value]
  })
  return Object.fromEntries(entries)
}

/** Cuts texts to the length of those expected. */
function cut(actual: unknown, expected: unknown): unknown {
  if (typeof actual === 'string') return actual.slice(0, String(expected).length)
  if (typeof actual !== 'object' || actual === null) return actual
  if (Array.isArray(actual)) return actual.map((one, i) => cut(one, Object(expected)[i]))
  const entries = Object.entries(actual).map(([name, one]) => [
    name,
    cut(one, Object(expected)[name]),
  ])
  return Object.fromEntries(entries)
}
