import type { Violation } from './field.ts'

/**
 * What is wrong with a value, shaped like the value: Kong's `fields`.
 *
 * Texts, nested objects, lists with `null` before the failing element; `@entity` holds a list of
 * texts about several fields together.
 */
export interface Violations {
  readonly [field: string]: Violation
}

/** The outcome of a check: a complete value, or what is wrong with the one given. */
export type Checked<T = Record<string, unknown>> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly violations: Violations }
