import manifest from '../package.json' with { type: 'json' }

/** The version of the program, as in its package.json. */
export const VERSION: string = manifest.version

/** How the gateway names itself in `Server` and `Via`. */
export const SERVER_TOKEN: string = `postern/${VERSION}`
