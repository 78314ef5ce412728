import { preFunctionErrors } from './errors.ts'
import {
  type CompilePhaseFunction,
  FUNCTION_PHASES,
  type FunctionPhase,
  type PhaseFunction,
} from './phase-function.ts'
import type { PhaseFunctionsConfig } from './schema.ts'

/** The functions of an instance, compiled, by phase. */
export type PreparedFunctions = Readonly<Record<FunctionPhase, readonly PhaseFunction[]>>

/**
 * Compiles the functions of an instance. Runs none of them.
 *
 * @throws POSTERN_PRE_FUNCTION_FUNCTION_INVALID
 */
export function prepareFunctions(
  config: PhaseFunctionsConfig,
  about: { readonly id: string; readonly name: string },
  compile: CompilePhaseFunction,
): PreparedFunctions {
  const compiled = FUNCTION_PHASES.map((phase) => {
    const functions = config[phase].map((source, index) => {
      const name = `${about.name}[${phase}:${index + 1}]`
      try {
        return compile(source, { name, instance: about, phase })
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error)
        throw preFunctionErrors.FUNCTION_INVALID(name, about.id, reason).causedBy(error)
      }
    })
    return [phase, functions] as const
  })
  return Object.fromEntries(compiled) as unknown as PreparedFunctions
}
