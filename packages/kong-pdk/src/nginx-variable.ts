import type { Kong } from '@postern/plugin-runtime'

/**
 * Reads a variable of nginx, for those that tell of the request. Others are undefined, as those of
 * nginx that are not set.
 */
export function nginxVariable(kong: Kong, name: string): string | undefined {
  const value = VARIABLES.get(name)?.(kong)
  if (value !== undefined) return String(value)
  if (name.startsWith('http_')) return kong.request.getHeader(name.slice('http_'.length))
  if (!name.startsWith('arg_')) return undefined
  const argument = kong.request.getQueryArg(name.slice('arg_'.length))
  return argument === true ? '' : argument
}

const VARIABLES: ReadonlyMap<string, (kong: Kong) => string | number | undefined> = new Map<
  string,
  (kong: Kong) => string | number | undefined
>([
  ['args', ({ request }) => request.getRawQuery()],
  ['content_length', ({ request }) => request.getHeader('Content-Length')],
  ['content_type', ({ request }) => request.getHeader('Content-Type')],
  ['host', ({ request }) => request.getHost()],
  ['kong_request_id', ({ request }) => request.getId()],
  ['query_string', ({ request }) => request.getRawQuery()],
  ['realip_remote_addr', ({ client }) => client.getIp()],
  ['realip_remote_port', ({ client }) => client.getPort()],
  ['remote_addr', ({ client }) => client.getForwardedIp()],
  ['remote_port', ({ client }) => client.getForwardedPort()],
  ['request_id', ({ request }) => request.getId()],
  ['request_method', ({ request }) => request.getMethod()],
  ['request_uri', ({ request }) => request.getPathWithQuery()],
  ['scheme', ({ request }) => request.getScheme()],
  ['server_port', ({ request }) => request.getPort()],
  ['uri', ({ request }) => request.getPath()],
])
