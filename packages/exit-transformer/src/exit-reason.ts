import type { KnownExitReason } from './known-exit-reason.ts'

/**
 * Why there is an Exit. Editors complete those that are known; a plugin of your own may have others.
 */
export type ExitReason = KnownExitReason | (string & {})
