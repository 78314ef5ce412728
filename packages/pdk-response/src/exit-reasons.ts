import type { Exit } from './exit.ts'

/**
 * What is known of the Exits with one reason. Packages that make Exits export these as data: their
 * code takes status and message from here, and so do docs/exit-reasons.md and editors.
 */
export interface ExitReasonFacts {
  /** One or several. Absent where a configuration or a plugin chooses it. */
  readonly status?: number | readonly number[]
  /** Absent: the usual text of the status, none, or one that a configuration or a plugin chooses. */
  readonly message?: string
  /** When it is made: a sentence for the documentation. */
  readonly when: string
  /** Default: `ordinary`. */
  readonly kind?: Exit['kind']
  /** Whether the Route is known by then. Default: `always`. */
  readonly isRouteKnown?: 'always' | 'sometimes' | 'never'
  /** False: goes out as it is, whatever functions are configured. Default: true. */
  readonly reachesFunctions?: boolean
}

/** By `Exit.reason`. */
export type ExitReasons = Readonly<Record<string, ExitReasonFacts>>

/** The reasons of Exits that are made here. */
export const PDK_EXIT_REASONS = {
  'plugin.exit': {
    when: 'A plugin or a function called `kong.response.exit` and told no reason.',
  },
  'plugin.error': {
    when: 'A plugin or a function called `kong.response.error` and told no reason.',
  },
  'handler.crashed': {
    status: 500,
    message: 'An unexpected error occurred',
    when: 'A handler given to `nodeResponse` threw. Only in servers of your own.',
    kind: 'unexpected',
    reachesFunctions: false,
  },
} as const
