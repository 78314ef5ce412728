/** The reasons for which the plugin answers requests itself, by what it answers. */
export const REQUEST_TERMINATION_EXIT_REASONS = {
  'request-termination.message': {
    when: 'The plugin is configured with `message`, or with a status alone.',
  },
  'request-termination.body': { when: 'The plugin is configured with `body`.' },
  'request-termination.echo': { when: 'The plugin is configured with `echo`.' },
} as const
