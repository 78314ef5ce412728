/** The class that a kong-pdk plugin exports: made once for each configuration. */
export type KongPluginClass = new (config: Record<string, unknown>) => object

/** What the file of a kong-pdk plugin exports. */
export interface KongPluginModule {
  /** Its prototype has the handlers: certificate, rewrite, access, preread, response, log. */
  readonly Plugin: KongPluginClass
  /** Default: the name of the file. In lower case either way. */
  readonly Name?: string
  /** Objects of one key each, in Kong's schema language: the fields of `config`. */
  readonly Schema?: readonly Readonly<Record<string, unknown>>[]
  readonly Version?: string
  /** Higher runs earlier. Default 0. */
  readonly Priority?: number
}

/**
 * Tells whether what was imported is a kong-pdk plugin: CommonJS, an ES module, or one that a
 * compiler has made of the other.
 */
export function isKongPlugin(module: unknown): boolean {
  return exportsOf(module) !== undefined
}

/**
 * What the plugin itself exports, wherever importing has put it.
 *
 * The innermost counts: of a CommonJS file Node offers those names beside `default` that it can tell
 * without running it, and these need not be all.
 */
export function exportsOf(module: unknown): KongPluginModule | undefined {
  let found: KongPluginModule | undefined
  let candidate = module
  for (let depth = 0; depth <= MAX_DEFAULTS && isObject(candidate); depth++) {
    if (isPluginClass(candidate.Plugin)) found = candidate as unknown as KongPluginModule
    candidate = candidate.default
  }
  return found
}

/** The namespace of a module, what CommonJS exports in it, what a compiler calls `default` in that. */
const MAX_DEFAULTS = 2

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

/** Arrow functions and methods have no prototype, and cannot be called with `new`. */
function isPluginClass(value: unknown): boolean {
  return typeof value === 'function' && isObject(value.prototype)
}
