/** Whether a Route is for encrypted connections only, so that its `snis` cannot be left open. */
export function isTlsOnly(protocols: readonly string[] | null | undefined): boolean {
  const given = protocols ?? []
  return given.length > 0 && given.every((protocol) => TLS_PROTOCOLS.has(protocol))
}

const TLS_PROTOCOLS: ReadonlySet<string> = new Set(['https', 'grpcs', 'tls', 'tls_passthrough'])
