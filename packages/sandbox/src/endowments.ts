/** A global beside the language that functions can be given in mode `sandbox`. */
export type Endowment =
  /** `Date.now()` and `new Date()` tell the time. Without it they throw; other dates work. */
  | 'Date'
  /** Without it the function throws. */
  | 'Math.random'
  | 'atob'
  | 'btoa'
  /** Takes URLs apart; `URLSearchParams` comes with it. */
  | 'URL'
  | 'crypto.randomUUID'

/** The names of three sets, each larger than the one before it. */
export type EndowmentSet = 'strict' | 'sandbox' | 'lax'

/** What functions get in each of Kong's words for a sandbox. None has a way out of the process. */
export const ENDOWMENTS: Readonly<Record<EndowmentSet, readonly Endowment[]>> = {
  strict: [],
  sandbox: ['Date', 'Math.random'],
  lax: ['Date', 'Math.random', 'atob', 'btoa', 'URL', 'crypto.randomUUID'],
}

/** The endowments of a set, or those of a list. */
export function endowmentsOf(asked: EndowmentSet | readonly Endowment[]): readonly Endowment[] {
  return typeof asked === 'string' ? ENDOWMENTS[asked] : asked
}
