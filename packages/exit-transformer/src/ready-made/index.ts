// Functions of this package, for programs.
export { problemJson, type ProblemJsonOptions } from './problem-json.ts'
export { bodiesByType, type BodiesByTypeOptions, DEFAULT_BODIES } from './bodies-by-type.ts'
export { messagesByLanguage } from './messages-by-language.ts'
export type { MessageOptions } from './localize.ts'

// The same, named in a configuration: for engines.
export { checkReadyMade, compileReadyMade, isReadyMade } from './ready-made-source.ts'
