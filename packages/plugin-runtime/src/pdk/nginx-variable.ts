import { lookUpHeader } from '@postern/pdk-response'
import type { PhaseContext } from '../phase-context.ts'
import { parseArgs } from './query-args.ts'

/** Reads a variable of nginx. Those that say nothing here are undefined, as ones that are not set. */
export function nginxVariable(ctx: PhaseContext, name: string): string | undefined {
  const read = VARIABLES.get(name)
  if (read !== undefined) return read(ctx)?.toString()
  for (const [prefix, readOne] of PREFIXES) {
    if (name.startsWith(prefix)) return readOne(ctx, name.slice(prefix.length))
  }
  return undefined
}

type Read = (ctx: PhaseContext) => string | number | undefined

const VARIABLES: ReadonlyMap<string, Read> = new Map<string, Read>([
  ['args', ({ request }) => request.rawQuery],
  ['content_length', ({ request }) => request.headers.get('content-length')],
  ['content_type', ({ request }) => request.headers.get('content-type')],
  ['host', ({ request }) => request.host],
  ['hostname', ({ node }) => node.hostname],
  ['kong_request_id', ({ request }) => request.id],
  ['query_string', ({ request }) => request.rawQuery],
  ['realip_remote_addr', ({ request }) => request.peerAddress],
  ['realip_remote_port', ({ request }) => request.peerPort],
  ['remote_addr', ({ request }) => request.clientAddress],
  ['remote_port', ({ request }) => request.clientPort],
  ['request_id', ({ request }) => request.id],
  ['request_method', ({ request }) => request.method],
  ['request_uri', ({ request }) => request.target],
  ['scheme', ({ request }) => request.scheme],
  ['server_port', ({ request }) => request.localPort],
  ['server_protocol', ({ request }) => `HTTP/${request.httpVersion.toFixed(1)}`],
  ['ssl_cipher', ({ request }) => request.tls?.cipher],
  ['ssl_client_verify', ({ request, clientVerify }) => clientVerify ?? request.tls?.clientVerify],
  ['ssl_protocol', ({ request }) => request.tls?.version],
  ['ssl_server_name', ({ request }) => request.sni],
  ['status', ({ response }) => response.status],
  ['upstream_status', ({ serviceResponse }) => serviceResponse?.status],
  ['uri', ({ request }) => request.path],
])

const PREFIXES: ReadonlyMap<string, (ctx: PhaseContext, name: string) => string | undefined> =
  new Map([
    ['http_', ({ request }, name) => lookUpHeader(request.headers, name)],
    ['sent_http_', ({ response }, name) => lookUpHeader(response.headers, name)],
    ['arg_', argument],
  ] as const)

function argument({ request, requestLimits }: PhaseContext, name: string): string | undefined {
  const value = parseArgs(request.rawQuery, requestLimits.maxQueryArgs)[name]
  const first = Array.isArray(value) ? value[0] : value
  return first === true ? '' : first
}
