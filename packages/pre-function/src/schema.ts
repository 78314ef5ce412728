import { defineRecord, type RecordSchema, typedefs, type Violation } from '@postern/schema'
import { type CheckPhaseFunction, FUNCTION_PHASES, type FunctionPhase } from './phase-function.ts'

/** The configuration of an instance, complete: the sources of each phase, run in order. */
export type PhaseFunctionsConfig = Readonly<Record<FunctionPhase, readonly string[]>>

/**
 * The schema of a plugin of functions. Sources are compiled by `check` when a configuration is
 * saved, and never run. There is no Consumer to bind it to.
 *
 * @param name of the plugin, for messages
 * @see Kong Gateway docs, pre-function, configuration reference
 */
export function phaseFunctionsSchema(
  name: string,
  check: CheckPhaseFunction,
): RecordSchema<{ readonly config: PhaseFunctionsConfig }> {
  const sourcesOf = (phase: FunctionPhase) =>
    ({
      type: 'array',
      required: true,
      default: [],
      elements: {
        type: 'string',
        required: false,
        custom_validator: (source: string) => problemOf(check(source, phase), name),
      },
    }) as const
  return defineRecord({
    fields: {
      consumer: typedefs.no_consumer,
      protocols: typedefs.protocols_http,
      config: {
        type: 'record',
        required: true,
        fields: {
          certificate: sourcesOf('certificate'),
          rewrite: sourcesOf('rewrite'),
          access: sourcesOf('access'),
          header_filter: sourcesOf('header_filter'),
          body_filter: sourcesOf('body_filter'),
          log: sourcesOf('log'),
        },
      },
    },
    entity_checks: [{ at_least_one_of: FUNCTION_PHASES.map((phase) => `config.${phase}`) }],
  })
}

function problemOf(problem: string | undefined, name: string): Violation | undefined {
  return problem === undefined ? undefined : `error parsing ${name}: ${problem}`
}
