// What a source is, before anything runs.
export { checkJavaScript } from './check-javascript.ts'
export { detectLanguage } from './detect-language.ts'
export type { Language } from './parse-function.ts'
export type { Mode } from './refuse-forms.ts'
export type { SourceProblem } from './source-problem.ts'
