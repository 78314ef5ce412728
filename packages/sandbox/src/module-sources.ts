import type { Language } from './parse-function.ts'

/** Modules that functions in mode `sandbox` may import, by the names that they are imported by. */
export type ModuleSources = Readonly<Record<string, string | ModuleSource>>

/** A module of one file, ESM or CommonJS: what its text has decides. */
export interface ModuleSource {
  readonly source: string
  /**
   * Absolute path of its file, which is not read: names such as `./other.js` in the module mean the
   * listed module whose file that is. Unless given, a name that is a path stands for it.
   */
  readonly file?: string
  /** JavaScript, or else TypeScript, unless told. */
  readonly language?: Language
}

/** Longest source of a module, in UTF-16 code units: four times that of a function. */
export const MAX_MODULE_LENGTH: number = 262_144
