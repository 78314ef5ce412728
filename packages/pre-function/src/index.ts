// The plugin, and what makes others of its kind (post-function).
export { createPhaseFunctionsPlugin, createPreFunctionPlugin } from './plugin.ts'
export type { PhaseFunctionsConfig } from './schema.ts'
// What an engine for functions has to offer.
export {
  type CheckPhaseFunction,
  type CompilePhaseFunction,
  FUNCTION_PHASES,
  type FunctionPhase,
  type PhaseFunction,
  type PhaseFunctionEngine,
  type PhaseFunctionOptions,
} from './phase-function.ts'
// The core: functions run in order.
export { runFunctions } from './run-functions.ts'
