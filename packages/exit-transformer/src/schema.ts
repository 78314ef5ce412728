import { defineRecord, type RecordSchema, type Violation } from '@postern/schema'
import type { CheckExitFunction, FunctionLanguage } from './exit-function-engine.ts'

/** The configuration of an instance, complete. */
export interface ExitTransformerConfig {
  /** Sources, run in this order. */
  readonly functions: readonly string[]
  /** Also the 404 of a request that no Route takes. Only on a global instance. */
  readonly handle_unknown: boolean
  /** Also failures that no Plugin decided. */
  readonly handle_unexpected: boolean
  /** `shadow`: functions run, what they would change is logged, and the answer stays as it is. */
  readonly mode: 'enforce' | 'shadow'
  /** Milliseconds for one call of one function; null: as many as the engine says. */
  readonly timeout_ms: number | null
  readonly language: FunctionLanguage
}

/**
 * The schema of the plugin: `functions`, `handle_unknown` and `handle_unexpected` are Kong's, the
 * rest is ours. Functions are compiled by `check` when a configuration is saved, and never run.
 *
 * @see Kong Gateway docs, exit-transformer, configuration reference
 */
export function exitTransformerSchema(
  check: CheckExitFunction,
): RecordSchema<{ readonly config: ExitTransformerConfig }> {
  return defineRecord({
    fields: {
      protocols: {
        type: 'set',
        required: true,
        default: ['grpc', 'grpcs', 'http', 'https'],
        elements: { type: 'string', one_of: ['grpc', 'grpcs', 'http', 'https'] },
      },
      config: {
        type: 'record',
        required: true,
        fields: CONFIG_FIELDS,
        custom_validator: (config: ExitTransformerConfig) => checkFunctions(config, check),
      },
    },
  })
}

const CONFIG_FIELDS = {
  functions: {
    type: 'array',
    required: true,
    elements: { type: 'string' },
    description: 'Sources of functions (Lua, JavaScript or TypeScript), run in this order.',
  },
  handle_unknown: {
    type: 'boolean',
    required: true,
    default: false,
    description: 'Also the 404 of requests that no Route takes; global instances only.',
  },
  handle_unexpected: {
    type: 'boolean',
    required: true,
    default: false,
    description: 'Also failures that no plugin decided, such as 400, 502 and 504.',
  },
  mode: {
    type: 'string',
    required: true,
    default: 'enforce',
    one_of: ['enforce', 'shadow'],
    description: 'shadow: log what functions would change, and change nothing.',
  },
  timeout_ms: {
    type: 'integer',
    between: [1, 10_000],
    description: 'Milliseconds for one call of one function; unless set, the gateway says.',
  },
  language: {
    type: 'string',
    required: true,
    default: 'auto',
    one_of: ['auto', 'lua', 'javascript', 'typescript'],
    description: 'auto: told by parsing.',
  },
} as const

/** Stands on the record and not on the elements, because they do not know their language. */
function checkFunctions(
  config: ExitTransformerConfig,
  check: CheckExitFunction,
): Violation | undefined {
  const problems = config.functions.map((source) => {
    const problem = check(source, config.language)
    return problem === undefined ? null : `Error parsing function: ${problem}`
  })
  while (problems.at(-1) === null) problems.pop()
  return problems.length === 0 ? undefined : { functions: problems }
}
