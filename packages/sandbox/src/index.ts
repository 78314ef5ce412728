// What a source is, before anything runs.
export { type CheckOptions, checkJavaScript } from './check-javascript.ts'
export { detectLanguage } from './detect-language.ts'
export type { ModuleProblem } from './module-set.ts'
export type { ModuleSource, ModuleSources } from './module-sources.ts'
export type { Language } from './parse-function.ts'
export { checkModules } from './read-modules.ts'
export type { Mode } from './refuse-forms.ts'
export type { SourceProblem } from './source-problem.ts'

// Running it, in processes of its own.
export type { BreakerOptions } from './circuit-breaker.ts'
export { ENDOWMENTS, type Endowment, type EndowmentSet } from './endowments.ts'
export {
  type CompileFunctionOptions,
  createFunctionHost,
  type FunctionHost,
  type FunctionHostOptions,
  type SandboxedFunction,
} from './function-host.ts'
export type { FunctionState, HostState } from './host-state.ts'
export type { FunctionLogLine, LanesState, ProcessState, SwitchedOff } from './lanes.ts'
export type { CallResult } from './pending-call.ts'

// What a prelude module is written against.
export type { Endowed, Prelude } from './host/prelude.ts'
