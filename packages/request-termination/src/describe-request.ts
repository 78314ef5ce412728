import { DEFAULT_WORKSPACE } from '@postern/entities'
import type { Kong, UriCaptures } from '@postern/plugin-runtime'

/** What `echo` answers: the node, the Service and the Route, and the request, under Kong's names. */
export async function describeRequest(kong: Kong<'access'>): Promise<Record<string, unknown>> {
  const { request, router, node } = kong
  const body = await request.getRawBody()
  return {
    matched_route: dataOf(router.getRoute()),
    matched_service: dataOf(router.getService()),
    request: {
      scheme: request.getScheme(),
      host: request.getHost(),
      port: request.getPort(),
      path: request.getPath(),
      query: request.getQuery(),
      headers: request.getHeaders(),
      method: request.getMethod(),
      raw_body: body.toString('utf8'),
      uri_captures: capturesOf(request.getUriCaptures()),
    },
    kong: { node_id: node.getId(), worker_pid: process.pid, hostname: node.getHostname() },
  }
}

/** Numbered from 0, as Kong writes them, which makes an object of the list. */
function capturesOf({ unnamed, named }: UriCaptures): Record<string, unknown> {
  return { unnamed: unnamed.length === 0 ? [] : { ...unnamed }, named }
}

/** As Lua has it: a field without a value is not there. The workspace is, in Kong's data plane. */
function dataOf(entity: object | undefined): Record<string, unknown> | undefined {
  if (entity === undefined) return undefined
  const fields = Object.entries(entity).filter(([, value]) => value !== null)
  return { ...Object.fromEntries(fields), ws_id: DEFAULT_WORKSPACE.id }
}
