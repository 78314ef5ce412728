/** How much of a request the PDK lists unless a plugin asks for another number; each 1 to 1000. */
export interface RequestLimits {
  /** `lua_max_req_headers`. */
  readonly maxHeaders: number
  /** `lua_max_uri_args`. */
  readonly maxQueryArgs: number
  /** `lua_max_post_args`. */
  readonly maxPostArgs: number
}

/** Kong's defaults. */
export const DEFAULT_REQUEST_LIMITS: RequestLimits = {
  maxHeaders: 100,
  maxQueryArgs: 100,
  maxPostArgs: 100,
}
