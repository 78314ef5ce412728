// What a function is, for who writes one.
export type {
  EntityName,
  ExitFunction,
  ExitFunctionAnswer,
  ExitFunctionContext,
  ExitFunctionHeaders,
  ExitRequest,
} from './exit-function.ts'
export type { ExitReason } from './exit-reason.ts'
export type { KnownExitReason } from './known-exit-reason.ts'

// The plugin, for a gateway that hands it an engine for functions.
export type {
  CheckExitFunction,
  CompiledExitFunction,
  CompileExitFunction,
  CompileOptions,
  ExitFunctionEngine,
  ExitInput,
  FunctionLanguage,
} from './exit-function-engine.ts'
export {
  countersOf,
  createExitTransformerPlugin,
  type ExitTransformerPluginOptions,
} from './plugin.ts'
export { type ExitTransformerConfig, exitTransformerSchema } from './schema.ts'
export { exitTransformerWarnings } from './instance-warnings.ts'

// An instance made ready, and what its functions are told: for trials outside of the plugin.
export { ExitContext, type ContextKong, type SecretNames } from './exit-context.ts'
export type { InstanceScope, PreparedExitTransformer } from './prepare-functions.ts'
export type { Reach } from './which-exits.ts'

// What an answer means, for engines.
export { answerOfJavaScript, answerOfLua, type ExitAnswer } from './exit-answer.ts'

// The reduction alone.
export { reduceExit } from './reduce-exit.ts'
export type {
  AnswerState,
  CountedFunction,
  FunctionStep,
  Surroundings,
} from './run-function.ts'
export {
  createCounters,
  type FunctionCounters,
  type SecondsHistogram,
} from './function-counters.ts'
export { type Comparable, diffExits, type ExitDiff, type HeaderDiff } from './shadow-diff.ts'
export type { BodyChange, BodyDiff } from './body-diff.ts'
export { createRedactor, REDACTED, type Redactor, secretValues } from './redactor.ts'
export { type TraceEntry, traceStep } from './exit-trace.ts'

// The same with functions of your own program.
export {
  createExitTransformer,
  type ExitAbout,
  type ExitLike,
  type ExitTransformer,
  type ExitTransformerOptions,
} from './create-exit-transformer.ts'
