/** The reasons of the Exits that are made of a plugin that failed. */
export const RUNTIME_EXIT_REASONS = {
  'plugin.crashed': {
    status: 500,
    message: 'An unexpected error occurred',
    when: 'A handler of a plugin threw.',
    kind: 'unexpected',
    isRouteKnown: 'sometimes',
  },
  'plugin.timeout': {
    status: 500,
    message: 'An unexpected error occurred',
    when: 'A handler of a plugin took longer than `plugin_timeout_ms`.',
    kind: 'unexpected',
    isRouteKnown: 'sometimes',
  },
} as const
