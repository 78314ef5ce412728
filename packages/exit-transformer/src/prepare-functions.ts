import { exitTransformerErrors } from './errors.ts'
import type { ExitFunctionEngine } from './exit-function-engine.ts'
import { createCounters } from './function-counters.ts'
import type { CountedFunction } from './run-function.ts'
import type { ExitTransformerConfig } from './schema.ts'
import type { Reach } from './which-exits.ts'

/** An instance made ready when its configuration was published. */
export interface PreparedExitTransformer {
  /** Of the configuration. */
  readonly id: string
  readonly functions: readonly CountedFunction[]
  readonly reach: Reach
  readonly isShadow: boolean
  /** Milliseconds for all functions together. */
  readonly totalMs: number
  /** Whether a lost WWW-Authenticate has been told; once for each publication is enough. */
  hasWarned: boolean
}

/**
 * Ten deadlines are enough for an honest chain, whose functions take a small part of theirs each.
 * Without a limit 500 endless functions made a client wait for 11 s. Short deadlines are about one
 * slow function, so the chain has at least this much.
 */
const MIN_TOTAL_MS = 500

const DEFAULT_TIMEOUT_MS = 50

/** The ids of what an instance is bound to. */
export interface InstanceScope {
  readonly id: string
  readonly route: unknown
  readonly service: unknown
  readonly consumer: unknown
}

/**
 * Compiles the functions of an instance. Runs none of them.
 *
 * @throws POSTERN_EXIT_TRANSFORMER_FUNCTION_INVALID
 */
export function prepareFunctions(
  config: ExitTransformerConfig,
  about: InstanceScope,
  engine: Pick<ExitFunctionEngine, 'compile' | 'timeoutMs'>,
): PreparedExitTransformer {
  const isShadow = config.mode === 'shadow'
  const timeoutMs = config.timeout_ms ?? engine.timeoutMs ?? DEFAULT_TIMEOUT_MS
  return {
    id: about.id,
    functions: config.functions.map((source, index) => {
      const name = `exit-transformer[${index + 1}]`
      try {
        const own = { name, instance: about, language: config.language }
        const run = engine.compile(source, { ...own, timeoutMs, isShadow })
        return { name, run, counters: createCounters() }
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error)
        throw exitTransformerErrors.FUNCTION_INVALID(index + 1, about.id, reason).causedBy(error)
      }
    }),
    reach: {
      handleUnknown: config.handle_unknown,
      handleUnexpected: config.handle_unexpected,
      isGlobal: isGlobal(about),
    },
    isShadow,
    totalMs: Math.max(10 * timeoutMs, MIN_TOTAL_MS),
    hasWarned: false,
  }
}

function isGlobal({ route, service, consumer }: InstanceScope): boolean {
  return [route, service, consumer].every((bound) => bound === null || bound === undefined)
}
