import { type Match, upstreamPath } from '@postern/router'
import type { Route, Service } from '@postern/entities'
import { tellRoute } from './debug-headers.ts'
import { type CoreReason, coreExit } from './core-exits.ts'
import { exitWith, exitWithoutBody } from './exit-with.ts'
import type { RequestContext } from './request-context.ts'

/**
 * Asks the router, checks that the Route speaks the request's protocol, and sets where the request
 * goes unless a plugin says otherwise.
 */
export function matchRoute(ctx: RequestContext): void {
  const { request } = ctx
  const match = ctx.snapshot.router.match({
    method: request.method,
    path: request.path,
    host: request.headers.get('host'),
    port: request.port,
    scheme: request.scheme,
    sni: request.sni,
    header: (name) => {
      const values = request.headers.getAll(name)
      return values.length > 1 ? values : values[0]
    },
  })
  if (match === undefined) return exitWith(ctx, NO_ROUTE)
  ctx.route = match.route
  ctx.service = match.service
  ctx.captures = match.captures as RequestContext['captures']
  ctx.prefix = match.route.strip_path ? match.prefix : undefined
  tellRoute(ctx)
  checkProtocol(ctx, match.route)
  if (ctx.exit === undefined && match.service !== undefined) aim(ctx, match, match.service)
}

const NO_ROUTE = coreExit('router.no_route')

/** Kong asks these before any plugin of the Route runs. */
function checkProtocol(ctx: RequestContext, route: Route): void {
  const protocols = route.protocols as readonly string[]
  if (protocols.includes('grpc') || protocols.includes('grpcs')) return checkGrpc(ctx)
  if (!protocols.includes('https') || protocols.includes('http')) return
  if (forwardedScheme(ctx) === 'https') return
  const status = route.https_redirect_status_code
  if (status === 426) return exitWith(ctx, HTTPS_WANTED)
  const location = `https://${forwardedHost(ctx)}${ctx.request.target}`
  const reason = 'router.https_redirect' satisfies CoreReason
  exitWithoutBody(ctx, { status, reason, headers: { Location: location } })
}

const HTTPS_WANTED = coreExit('router.https_required', {
  Connection: 'Upgrade',
  Upgrade: 'TLS/1.2, HTTP/1.1',
})

function checkGrpc(ctx: RequestContext): void {
  const type = ctx.request.headers.get('content-type') ?? ''
  exitWith(ctx, type.startsWith('application/grpc') ? HTTP2_WANTED : NOT_GRPC)
}

const NOT_GRPC = coreExit('router.not_grpc')
const HTTP2_WANTED = coreExit('router.http2_required', {
  Connection: 'Upgrade',
  Upgrade: 'HTTP/2',
})

/** Kong: X-Forwarded-Proto counts only when a trusted peer says it. */
function forwardedScheme({ request, gateway }: RequestContext): string {
  const said = gateway.isTrusted(request.peerAddress)
    ? request.headers.get('x-forwarded-proto')
    : undefined
  return said ?? request.scheme
}

function forwardedHost({ request, gateway }: RequestContext): string {
  const said = gateway.isTrusted(request.peerAddress)
    ? request.headers.get('x-forwarded-host')
    : undefined
  return said ?? request.host
}

function aim(ctx: RequestContext, match: Match<Route, Service>, service: Service): void {
  const upstream = ctx.upstreamRequest
  upstream.scheme = service.protocol
  upstream.host = service.host
  upstream.port = service.port
  upstream.path = upstreamPath(match, ctx.request.path)
  upstream.timeouts.connectMs = service.connect_timeout ?? DEFAULT_TIMEOUT_MS
  upstream.timeouts.writeMs = service.write_timeout ?? DEFAULT_TIMEOUT_MS
  upstream.timeouts.readMs = service.read_timeout ?? DEFAULT_TIMEOUT_MS
  upstream.retries = service.retries ?? 0
}

/** Kong's default, where a Service has none. */
const DEFAULT_TIMEOUT_MS = 60_000
