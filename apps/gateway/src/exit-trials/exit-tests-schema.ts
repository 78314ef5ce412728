import {
  checkRecord,
  defineRecord,
  type RecordSchema,
  type Violation,
  type Violations,
} from '@postern/schema'
import { asTrialExit, KEPT_FIELDS, TRIAL_EXIT_FIELDS } from './trial-exit-schema.ts'
import type { ExitTests } from './exit-tests.ts'

/** Most rows of one file: a table is read by people. */
const MAX_ROWS = 10_000

const exitTestsSchema: RecordSchema = defineRecord({
  fields: {
    functions: { type: 'array', required: true, len_min: 1, elements: { type: 'string' } },
    language: { type: 'string', one_of: ['auto', 'lua', 'javascript', 'typescript'] },
    timeout_ms: { type: 'integer', between: [1, 10_000] },
    rows: {
      type: 'array',
      required: true,
      len_min: 1,
      len_max: MAX_ROWS,
      elements: {
        type: 'record',
        fields: {
          title: { type: 'string', required: true },
          exit: {
            type: 'record',
            required: true,
            fields: { ...TRIAL_EXIT_FIELDS, ...KEPT_FIELDS },
          },
          answer: { type: 'json', required: true, custom_validator: checkAnswer },
          fails: { type: 'string' },
        },
      },
    },
  },
})

/** Something wrong in a table of tests: where, by keys from the top, and what. */
export interface TestFault {
  readonly keys: readonly (string | number)[]
  readonly message: string
}

/** The table, or everything that is wrong with it. */
export type CheckedTests =
  | { readonly ok: true; readonly tests: ExitTests }
  | { readonly ok: false; readonly faults: readonly TestFault[] }

/** Checks a table of tests that somebody has written. */
export function checkExitTests(value: unknown): CheckedTests {
  const checked = checkRecord(exitTestsSchema, value)
  if (!checked.ok) return { ok: false, faults: faultsOf(checked.violations, []) }
  const given = checked.value as unknown as Complete
  const { functions, language, timeout_ms: timeoutMs } = given
  return {
    ok: true,
    tests: {
      functions,
      ...(language !== null && { language }),
      ...(timeoutMs !== null && { timeout_ms: timeoutMs }),
      rows: given.rows.map(({ title, exit, answer, fails }) => {
        return { title, exit: asTrialExit(exit), answer, ...(fails !== null && { fails }) }
      }),
    },
  }
}

/** As checking fills it in: what is absent is null. */
interface Complete {
  readonly functions: readonly string[]
  readonly language: NonNullable<ExitTests['language']> | null
  readonly timeout_ms: number | null
  readonly rows: readonly {
    readonly title: string
    readonly exit: Readonly<Record<string, unknown>>
    readonly answer: ExitTests['rows'][number]['answer']
    readonly fails: string | null
  }[]
}

function faultsOf(violation: Violation | Violations, keys: TestFault['keys']): TestFault[] {
  if (typeof violation === 'string') return [{ keys, message: violation }]
  return Object.entries(violation).flatMap(([key, inner]: [string, Violation | null]) => {
    if (inner === null) return []
    if (key === '@entity') return [inner].flat().map((text) => ({ keys, message: String(text) }))
    return faultsOf(inner, [...keys, Array.isArray(violation) ? Number(key) : key])
  })
}

function checkAnswer(answer: unknown): Violation | undefined {
  if (answer === 'unchanged') return undefined
  if (!isTable(answer)) return 'expected status, body and headers, or unchanged'
  const foreign = Object.keys(answer).find((key) => !PARTS.has(key))
  if (foreign !== undefined) return { [foreign]: 'unknown field' }
  const { status, headers } = answer
  if (Object.keys(answer).length === 0) return 'expected at least one of status, body and headers'
  if (status !== undefined && !Number.isInteger(status)) return { status: 'expected an integer' }
  if (headers !== undefined && !isTable(headers)) return { headers: 'expected names and values' }
  return undefined
}

const PARTS: ReadonlySet<string> = new Set(['status', 'body', 'headers'])

function isTable(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
