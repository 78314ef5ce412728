import type { ExitReasons } from '@postern/pdk-response'

/** The reasons of Exits that Lua functions make with `ngx`. */
export const FUNCTION_EXIT_REASONS = {
  'plugin.ngx_exit': { when: 'A Lua function called `ngx.exit`, or wrote with `ngx.say`.' },
  'plugin.ngx_redirect': {
    status: [301, 302, 303, 307, 308],
    when: 'A Lua function called `ngx.redirect`. Has a Location and no body.',
  },
} as const satisfies ExitReasons
