import type { Kong } from '@postern/plugin-runtime'

/** What Kong never writes into a log line. */
const REDACTED = new Set(['authorization', 'proxy-authorization'])

/**
 * What `kong.log.serialize` tells of a request, as far as a plugin can know it: sizes, the
 * Service's part of the time and what other plugins set for the log are not in it.
 */
export function serializeRequest(kong: Kong): Readonly<Record<string, unknown>> {
  const { request, response, client, router } = kong
  const startedAtMs = request.getStartTime()
  const consumer = client.getConsumer()
  const credential = client.getCredential()
  return {
    request: {
      id: request.getId(),
      method: request.getMethod(),
      uri: request.getPathWithQuery(),
      url: `${request.getScheme()}://${request.getHost()}:${request.getPort()}${request.getPathWithQuery()}`,
      querystring: request.getQuery(),
      headers: redacted(request.getHeaders()),
    },
    response: { status: response.getStatus(), headers: response.getHeaders() },
    latencies: { request: Date.now() - startedAtMs },
    route: router.getRoute(),
    service: router.getService(),
    consumer,
    ...(credential !== undefined && {
      authenticated_entity: { id: credential.id, consumer_id: consumer?.id },
    }),
    client_ip: client.getForwardedIp(),
    started_at: startedAtMs,
    source: response.getSource(),
  }
}

function redacted(headers: Readonly<Record<string, string | string[]>>): object {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, REDACTED.has(name) ? 'REDACTED' : value]),
  )
}
