// Outcomes of Kong's own schema engine, replayed: test/cases/entity-validation.json.
import { readFileSync } from 'node:fs'
import { checkEntity, type EntitySchema, type Violations } from '@postern/schema'
import { describe, expect, it } from 'vitest'
import { coreEntities } from '@postern/entities'

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

const ours = cases.filter(({ flavors }) => flavors?.includes('traditional_compatible') ?? true)
const otherFlavors = cases.filter((one) => !ours.includes(one))

const schemaByName = new Map<string, EntitySchema>(coreEntities.map((one) => [one.name, one]))

describe('outcomes of Kong', () => {
  it.each(ours)('holds for $id ($entity)', (one) => {
    expect(outcomeOf(one)).toEqual(expectedOf(one))
  })

  it('leaves out the Routes of other flavors only', () => {
    const flavors = new Set(otherFlavors.flatMap((one) => one.flavors ?? []))
    expect([ours.length, otherFlavors.length]).toEqual([639, 85])
    expect(flavors).toEqual(new Set(['expressions', 'traditional']))
  })
})

/** What our schema says, cut down to what the case tells. */
function outcomeOf({ entity, input, errors, errors_starting_with, filled_in }: Case): object {
  const schema = schemaByName.get(entity) as EntitySchema
  const checked = checkEntity(schema, input, { operation: 'insert' })
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
