import type { RequestContext } from './request-context.ts'

/**
 * Names the Route and the Service of a request that asks for it with `Kong-Debug: 1`, where the
 * setting `allow_debug_header` allows that.
 */
export function tellRoute({ gateway, request, response, route, service }: RequestContext): void {
  if (!gateway.config.allow_debug_header || request.headers.get('Kong-Debug') !== '1') return
  const facts = [
    ['Kong-Route-Id', route?.id],
    ['Kong-Route-Name', route?.name],
    ['Kong-Service-Id', service?.id],
    ['Kong-Service-Name', service?.name],
  ] as const
  for (const [name, value] of facts) {
    if (value !== undefined && value !== null) response.headers.set(name, value)
  }
}
