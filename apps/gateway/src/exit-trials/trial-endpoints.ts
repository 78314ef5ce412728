import {
  type AdminEndpoint,
  type AdminRequest,
  readFields,
  refuse,
  schemaViolation,
} from '@postern/admin-api'
import {
  type ExitFunctionEngine,
  type ExitTransformerConfig,
  exitTransformerSchema,
  type FunctionLanguage,
} from '@postern/exit-transformer'
import { checkRecord, defineRecord, type RecordSchema, type Violations } from '@postern/schema'
import type { Reader } from '@postern/store'
import type { KeptExit } from '../exit-ring/show-exit.ts'
import type { WorkerCounts } from '../processes/messages.ts'
import type { TrialExit } from './trial-exit.ts'
import { asTrialExit, KEPT_FIELDS, TRIAL_EXIT_FIELDS } from './trial-exit-schema.ts'
import type { TrialPool } from './trial-pool.ts'
import { hasFailed, type TriedExit } from './tried-exit.ts'

/** What the endpoints work with. */
export interface TrialEndpointsOptions {
  /** Checks sources, and runs none of them. */
  readonly engine: Pick<ExitFunctionEngine, 'check'>
  readonly store: Reader
  readonly trials: TrialPool
  /** The last exits of all workers, the newest first. */
  readonly exits: (size: number) => Promise<readonly KeptExit[]>
  /** What the workers have told of themselves last. */
  readonly workers: () => readonly WorkerCounts[]
}

/** Most exits that are told or tried at once. */
const MAX_EXITS = 1000
const DEFAULT_EXITS = 100

/** `/exit-transformer`: the last exits of the gateway, and functions tried on them. Saves nothing. */
export function trialEndpoints(options: TrialEndpointsOptions): readonly AdminEndpoint[] {
  return [
    {
      path: '/exit-transformer/exits',
      methods: {
        GET: async ({ query }) => ({
          status: 200,
          body: { data: await options.exits(sizeOf(query)), next: null },
        }),
      },
    },
    {
      path: '/exit-transformer/functions',
      methods: { GET: async () => ({ status: 200, body: { data: hostsOf(options.workers()) } }) },
    },
    { path: '/exit-transformer/try', methods: { POST: (request) => tryExits(options, request) } },
  ]
}

/** The JavaScript functions of each worker and whether they are switched off. */
function hostsOf(workers: readonly WorkerCounts[]): readonly object[] {
  return workers.flatMap(({ pid, functionHost }) =>
    functionHost === undefined ? [] : [{ worker_pid: pid, ...functionHost }],
  )
}

function sizeOf(query: URLSearchParams): number {
  const size = Number(query.get('size') ?? DEFAULT_EXITS)
  if (Number.isInteger(size) && size >= 1 && size <= MAX_EXITS) return size
  throw refuse(400, `size must be an integer between 1 and ${MAX_EXITS}`)
}

const trialSchema: RecordSchema = defineRecord({
  fields: {
    functions: { type: 'array', len_min: 1, elements: { type: 'string' } },
    plugin: { type: 'string', uuid: true },
    language: { type: 'string', one_of: ['auto', 'lua', 'javascript', 'typescript'] },
    timeout_ms: { type: 'integer', between: [1, 10_000] },
    exit: { type: 'record', required: false, fields: { ...TRIAL_EXIT_FIELDS, ...KEPT_FIELDS } },
    last: { type: 'integer', between: [1, MAX_EXITS] },
  },
})

/** As checking fills it in: what is absent is null. */
interface TrialFields {
  readonly functions: readonly string[] | null
  readonly plugin: string | null
  readonly language: FunctionLanguage | null
  readonly timeout_ms: number | null
  readonly exit: Readonly<Record<string, unknown>> | null
  readonly last: number | null
}

async function tryExits(options: TrialEndpointsOptions, { body }: AdminRequest) {
  const fields = readFields(trialSchema, body) as unknown as TrialFields
  checkTogether(fields)
  const config = await configOf(options, fields)
  const exits = await exitsOf(options, fields)
  const trial = {
    functions: config.functions.map((source, index) => ({
      name: `exit-transformer[${index + 1}]`,
      source,
    })),
    language: config.language,
    ...(config.timeout_ms !== null && { timeoutMs: config.timeout_ms }),
    exits,
  }
  const { exits: told, isCut } = await options.trials.try(trial).catch(refuseTrial)
  const tried = told.map((text) => JSON.parse(text) as TriedExit)
  const isGood = !isCut && !tried.some(hasFailed)
  return { status: 200, body: { ok: isGood, exits: tried, ...(isCut && { cut: true }) } }
}

function checkTogether({ functions, plugin, exit, last }: TrialFields): void {
  const missing = 'required field missing'
  const violations: Record<string, string> = {}
  if (functions === null && plugin === null) violations.functions = missing
  if (functions !== null && plugin !== null) violations.plugin = 'cannot be set with functions'
  if (exit === null && last === null) violations.exit = missing
  if (exit !== null && last !== null) violations.last = 'cannot be set with exit'
  if (exit !== null && exit.status === null && exit.reason === null) {
    violations.exit = 'at least one of status and reason is required'
  }
  if (Object.keys(violations).length > 0) throw schemaViolation(violations)
}

/** Functions pass the same checks as if they were to be saved, also those that have been. */
async function configOf(
  options: TrialEndpointsOptions,
  fields: TrialFields,
): Promise<ExitTransformerConfig> {
  const saved = fields.plugin === null ? {} : await savedConfig(options.store, fields.plugin)
  const config = {
    ...saved,
    ...(fields.functions !== null && { functions: fields.functions }),
    ...(fields.language !== null && { language: fields.language }),
    ...(fields.timeout_ms !== null && { timeout_ms: fields.timeout_ms }),
  }
  const checked = checkRecord(exitTransformerSchema(options.engine.check), { config })
  if (checked.ok) return checked.value.config
  const { config: found = {} } = checked.violations
  throw schemaViolation((fields.plugin === null ? found : { plugin: found }) as Violations)
}

async function savedConfig(store: Reader, id: string): Promise<object> {
  const row = await store.select('plugins', id)
  if (row === undefined) throw schemaViolation({ plugin: 'no plugin has this id' })
  if (row.name !== 'exit-transformer') {
    throw schemaViolation({
      plugin: `is a plugin '${String(row.name)}', expected 'exit-transformer'`,
    })
  }
  return row.config as object
}

async function exitsOf(
  options: TrialEndpointsOptions,
  { exit, last }: TrialFields,
): Promise<readonly TrialExit[]> {
  if (exit !== null) return [asTrialExit(exit)]
  const kept = await options.exits(last ?? DEFAULT_EXITS)
  return kept.map((one) => asTrialExit(one as unknown as Readonly<Record<string, unknown>>))
}

/** What is wrong with the exit is the caller's; the rest may be better in a while. */
function refuseTrial(error: unknown): never {
  const { code, message } = error as { readonly code?: string; readonly message: string }
  if (code === 'POSTERN_TRIAL_STATUS_MISSING') throw schemaViolation({ exit: message })
  if (code === 'POSTERN_TRIAL_BUSY') throw refuse(429, message)
  if (code === 'POSTERN_TRIAL_PROCESS') throw refuse(503, message)
  throw error
}
