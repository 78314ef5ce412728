import { checkRecord, defineRecord, describeViolations, type RecordSchema } from '@postern/schema'
import { exitTransformerErrors } from '../errors.ts'
import type { ExitFunction } from '../exit-function.ts'
import type { CompiledExitFunction } from '../exit-function-engine.ts'
import { plainFunction } from '../plain-function.ts'
import { bodiesByType, type BodiesByTypeOptions } from './bodies-by-type.ts'
import type { MessageOptions } from './localize.ts'
import { messagesByLanguage } from './messages-by-language.ts'
import { problemJson, type ProblemJsonOptions } from './problem-json.ts'

/**
 * How a configuration names a ready-made function: `ready-made: problem-json`, and behind that the
 * options as JSON where there are any. No language reads such a text as code.
 */
const SOURCE = /^\s*ready-made:\s*([A-Za-z0-9_-]+)\s*([^]*)$/

/** Whether a source of a configuration names a ready-made function. */
export function isReadyMade(source: string): boolean {
  return SOURCE.test(source)
}

/**
 * Makes the function that a source names. It is code of this package: it runs in this process, and
 * needs no sandbox.
 *
 * @throws POSTERN_EXIT_TRANSFORMER_READY_MADE_INVALID
 */
export function compileReadyMade(source: string): CompiledExitFunction {
  const [, name = '', given = ''] = SOURCE.exec(source) ?? []
  const kind = KINDS.get(name)
  if (kind === undefined) {
    const names = [...KINDS.keys()].join(', ')
    throw exitTransformerErrors.READY_MADE_INVALID(`there is no "${name}"; there are ${names}`)
  }
  const checked = checkRecord(kind.schema, { options: parseOptions(given) })
  if (!checked.ok) {
    const text = describeViolations(checked.violations)
    throw exitTransformerErrors.READY_MADE_INVALID(text.replaceAll(/\s+/g, ' '))
  }
  const { options } = checked.value as { readonly options: object }
  return plainFunction(kind.make(withoutNulls(options)))
}

/** What is wrong with a source that `isReadyMade`; undefined when it is fine. */
export function checkReadyMade(source: string): string | undefined {
  try {
    compileReadyMade(source)
    return undefined
  } catch (error) {
    return (error as Error).message
  }
}

function parseOptions(text: string): unknown {
  if (text.trim() === '') return {}
  try {
    return JSON.parse(text)
  } catch (error) {
    const reason = (error as Error).message
    throw exitTransformerErrors.READY_MADE_INVALID(`its options are no JSON: ${reason}`)
  }
}

/** The schema writes null for what was not given, and a record of nulls for a record. */
function withoutNulls(options: object): object {
  const given = Object.entries(options)
    .map(([name, value]: [string, unknown]) => {
      return [name, isRecord(value) ? withoutNulls(value) : value] as const
    })
    .filter(([, value]) => value !== null && !(isRecord(value) && isEmpty(value)))
  return Object.fromEntries(given)
}

function isEmpty(record: object): boolean {
  return Object.keys(record).length === 0
}

function isRecord(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A kind of ready-made function: its options, described, and how it is made. */
interface Kind {
  readonly schema: RecordSchema
  /** Given options that have passed the schema. */
  make(options: unknown): ExitFunction
}

const TEXT = { type: 'string' } as const
const TEXTS = { type: 'map', keys: TEXT, values: TEXT } as const
const CATALOGUE = { type: 'map', required: true, keys: TEXT, values: TEXTS } as const
const MESSAGES = {
  type: 'record',
  // Not required: the schema would want it of a record that was not given.
  fields: { catalogue: { ...CATALOGUE, required: false }, default: TEXT },
} as const

const KINDS: ReadonlyMap<string, Kind> = new Map<string, Kind>([
  [
    'problem-json',
    {
      schema: schemaOf({ types: TEXT, instances: TEXT, messages: MESSAGES }),
      make: (options) => problemJson(options as ProblemJsonOptions),
    },
  ],
  [
    'bodies-by-type',
    {
      schema: schemaOf({ templates: TEXTS, messages: MESSAGES }),
      make: (options) => bodiesByType(options as BodiesByTypeOptions),
    },
  ],
  [
    'messages-by-language',
    {
      schema: schemaOf({ catalogue: CATALOGUE, default: TEXT }),
      make: (options) => messagesByLanguage(options as MessageOptions),
    },
  ],
])

type OptionFields = Readonly<
  Record<string, typeof TEXT | typeof TEXTS | typeof CATALOGUE | typeof MESSAGES>
>

function schemaOf(fields: OptionFields): RecordSchema {
  return defineRecord({
    fields: { options: { type: 'record', required: true, fields } },
  })
}
