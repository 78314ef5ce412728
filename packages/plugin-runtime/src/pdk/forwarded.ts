/** The host in an X-Forwarded-Host: without user information, without port, in lower case. */
export function forwardedHost(value: string): string {
  const { host } = hostAndPort(value)
  return host.toLowerCase()
}

/** The port a proxy tells of: X-Forwarded-Port, else the one in X-Forwarded-Host. 1 to 65535. */
export function forwardedPort(
  port: string | undefined,
  host: string | undefined,
): number | undefined {
  return portIn(port) ?? (host === undefined ? undefined : portIn(hostAndPort(host).port))
}

function hostAndPort(value: string): { host: string; port: string | undefined } {
  const bare = value.slice(value.lastIndexOf('@') + 1).trim()
  const found = /^(\[[^\]]*\]|[^:]*)(?::(\d+))?$/.exec(bare)
  return { host: found?.[1] ?? bare, port: found?.[2] }
}

function portIn(text: string | undefined): number | undefined {
  if (text === undefined || !/^\d{1,5}$/.test(text.trim())) return undefined
  const port = Number(text)
  return port >= 1 && port <= 65535 ? port : undefined
}
