/** Which headers about itself the gateway adds to responses. */
export interface HeaderTokens {
  readonly server: boolean
  readonly via: boolean
  readonly proxyLatency: boolean
  readonly upstreamLatency: boolean
  readonly responseLatency: boolean
  readonly upstreamStatus: boolean
  readonly requestId: boolean
}

/**
 * Compiles the setting `headers`.
 *
 * @see Kong Gateway docs, configuration reference, "headers"
 */
export function compileHeaderTokens(setting: readonly string[]): HeaderTokens {
  const tokens = new Set(setting.map((token) => token.toLowerCase()))
  // Kong: `off` counts only as the first item.
  if (setting[0]?.toLowerCase() === 'off') tokens.clear()
  const has = (...names: readonly string[]): boolean => names.some((name) => tokens.has(name))
  return {
    server: has('server', 'server_tokens'),
    via: has('via', 'server_tokens'),
    proxyLatency: has('x-kong-proxy-latency', 'latency_tokens'),
    upstreamLatency: has('x-kong-upstream-latency', 'latency_tokens'),
    responseLatency: has('x-kong-response-latency', 'latency_tokens'),
    upstreamStatus: has('x-kong-upstream-status'),
    requestId: has('x-kong-request-id'),
  }
}
