/** The reasons for which the plugin answers requests itself. */
export const KEY_AUTH_EXIT_REASONS = {
  'key-auth.no_key': {
    status: 401,
    message: 'No API key found in request',
    when: 'The request holds no key, and the plugin knows no `anonymous` Consumer.',
  },
  'key-auth.duplicate_key': {
    status: 401,
    message: 'Duplicate API key found',
    when: 'The request holds several keys under one name.',
  },
  'key-auth.invalid_key': {
    status: 401,
    message: 'Unauthorized',
    when: 'Nobody has the key, or it has expired.',
  },
  'key-auth.no_anonymous': {
    status: 500,
    message: 'An unexpected error occurred',
    when: 'The `anonymous` Consumer of the configuration does not exist.',
  },
} as const
