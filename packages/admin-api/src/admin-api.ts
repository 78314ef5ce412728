import { Hono } from 'hono'
import { corsHeaders } from './cors-headers.ts'
import type { Endpoint, Handler, Method, Reply } from './endpoint.ts'
import { createModels } from './entity-model.ts'
import { MAX_ARGUMENTS } from './expand-names.ts'
import { guardBrowser } from './guard-browser.ts'
import { listEndpoints } from './list-endpoints.ts'
import type { AdminApi, AdminApiOptions } from './options.ts'
import { methodNotAllowed, notFound, Refusal, refuse } from './refusal.ts'
import { EMPTY_BODY, readRequestBody } from './request-body.ts'
import { refusalOfStore } from './store-refusal.ts'
import type { AdminContext } from './write-context.ts'

const MAX_BODY_BYTES = 10 * 1024 * 1024

/**
 * Kong's Admin API over a store. Paths, fields, codes and texts are Kong's.
 *
 * @see Kong Gateway docs, "Admin API"
 */
export function createAdminApi(options: AdminApiOptions): AdminApi {
  const settled = { onError: console.error, ...options }
  const admin: AdminContext = {
    options: settled,
    models: createModels(options.entities),
    subschema: (name) => options.plugins.get(name)?.schema,
  }
  const app = new Hono({ strict: false })
  for (const endpoint of listEndpoints(admin)) {
    app.all(endpoint.path, (c) => answer(settled, c.req.raw, endpoint, c.req.param()))
  }
  app.notFound((c) => answer(settled, c.req.raw))
  return { fetch: async (request) => app.fetch(request) }
}

/** Answers a request for a path, or for none that is known. */
async function answer(
  options: AdminApiOptions,
  request: Request,
  endpoint?: Endpoint,
  params: Readonly<Record<string, string>> = {},
): Promise<Response> {
  const startedAtMs = performance.now()
  const reply = await replyTo(options, request, endpoint, params).catch((error: unknown) =>
    replyToError(options, error),
  )
  const body = reply.body === undefined ? null : Buffer.from(JSON.stringify(reply.body))
  const headers: Record<string, string> = {
    ...(body !== null && {
      'Content-Type': 'application/json; charset=utf-8',
      'Content-Length': String(body.byteLength),
    }),
    ...corsHeaders(request, options),
    ...reply.headers,
    'X-Kong-Admin-Latency': String(Math.round(performance.now() - startedAtMs)),
    Server: `postern/${options.node.version}`,
  }
  return new Response(body, { status: reply.status, headers })
}

async function replyTo(
  options: AdminApiOptions,
  request: Request,
  endpoint: Endpoint | undefined,
  params: Readonly<Record<string, string>>,
): Promise<Reply> {
  guardBrowser(request, options)
  if (endpoint === undefined) throw notFound()
  if (request.method === 'OPTIONS') return describeMethods(request, endpoint)
  const handle = handlerOf(endpoint, request.method)
  if (handle === undefined) throw methodNotAllowed()
  const query = new URL(request.url).searchParams
  if (query.size > MAX_ARGUMENTS) throw refuse(400, 'Too many arguments')
  const body = WITH_BODY.has(request.method)
    ? await readRequestBody(request, options.maxBodyBytes ?? MAX_BODY_BYTES)
    : EMPTY_BODY
  return handle({ params, query, body })
}

const WITH_BODY: ReadonlySet<string> = new Set(['POST', 'PUT', 'PATCH'])

function handlerOf({ methods }: Endpoint, method: string): Handler | undefined {
  const name = method === 'HEAD' ? 'GET' : method
  return Object.hasOwn(methods, name) ? methods[name as Method] : undefined
}

/** Does not look whether the entity in the path is there, as in Kong. */
function describeMethods(request: Request, { methods }: Endpoint): Reply {
  const own = Object.keys(methods)
  const all = [...own, 'OPTIONS', ...(own.includes('GET') ? ['HEAD'] : [])].sort().join(', ')
  const asked = request.headers.get('access-control-request-headers')
  const headers = {
    Allow: all,
    'Access-Control-Allow-Methods': all,
    'Access-Control-Allow-Headers': asked ?? 'Content-Type',
  }
  return { status: 204, headers }
}

function replyToError({ onError }: AdminApiOptions, error: unknown): Reply {
  if (error instanceof Refusal) return { status: error.status, body: error.body }
  const refusal = refusalOfStore(error)
  if (refusal === undefined || refusal.status >= 500) onError?.(error)
  if (refusal !== undefined) return { status: refusal.status, body: refusal.body }
  return { status: 500, body: { message: 'An unexpected error occurred' } }
}
