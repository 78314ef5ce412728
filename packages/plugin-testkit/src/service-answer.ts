import { HeaderList } from '@postern/pdk-response'
import type { PhaseContext } from '@postern/plugin-runtime'
import { testkitErrors } from './errors.ts'
import { bytesOf } from './test-request.ts'

/** What the Service got from the gateway. */
export interface ServiceRequest {
  readonly scheme: string
  /** Where the request went, after `kong.service.setTarget` and its like. */
  readonly host: string
  readonly port: number
  readonly method: string
  readonly path: string
  /** Without the question mark. */
  readonly query: string
  readonly headers: HeaderList
  readonly body: Buffer
}

/** What the Service answers. What is not told is a 200 without a body. */
export interface ServiceAnswer {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string | readonly string[]>>
  /** An object goes out as JSON. */
  readonly body?: string | Uint8Array | object
  /** The body in pieces, for body_filter. Instead of `body`. */
  readonly chunks?: readonly (string | Uint8Array)[]
}

/** How a Service can fail to answer: nobody listens, too slow, no such name. */
export interface ServiceFault {
  readonly fault: 'refused' | 'timeout' | 'dns'
}

/** A response of the Service, ready for the phases after it. */
export interface ServiceResponseParts {
  readonly status: number
  readonly headers: HeaderList
  readonly chunks: readonly Uint8Array[]
}

/** The request for the Service, as plugins have left it. */
export async function serviceRequestOf(ctx: PhaseContext): Promise<ServiceRequest> {
  const sent = ctx.upstreamRequest
  const headers = sent.headers.clone()
  headers.set('Host', sent.hostHeader ?? hostFor(ctx))
  if (sent.body !== undefined) {
    headers.remove('transfer-encoding')
    headers.set('Content-Length', String(sent.body.length))
  }
  const { scheme, host, port, method, path, query } = sent
  const body = Buffer.from(sent.body ?? (await ctx.readBody()))
  return { scheme, host, port, method, path, query, headers, body }
}

/** The client's own Host where the Route preserves it, else the name of the Service. */
function hostFor({ route, request, upstreamRequest }: PhaseContext): string {
  const preserved = route?.preserve_host === true ? request.headers.get('host') : undefined
  const { scheme, host, port } = upstreamRequest
  const isUsual = port === (scheme === 'https' ? 443 : 80)
  return preserved ?? (isUsual ? host : `${host}:${port}`)
}

/**
 * Makes a response of what a test says the Service answers.
 *
 * @throws POSTERN_TESTKIT_SERVICE_NOT_HTTP
 */
export function responseOf(answer: ServiceAnswer): ServiceResponseParts {
  const status = answer.status ?? 200
  if (!Number.isInteger(status) || status < 200 || status > 599) {
    throw testkitErrors.SERVICE_NOT_HTTP(String(status))
  }
  const headers = new HeaderList()
  for (const [name, value] of Object.entries(answer.headers ?? {})) headers.append(name, value)
  if (answer.chunks !== undefined) {
    return { status, headers, chunks: answer.chunks.map((chunk) => bytesOf(chunk)) }
  }
  const { body } = answer
  if (body === undefined) return { status, headers, chunks: [] }
  const isJson = typeof body === 'object' && !(body instanceof Uint8Array)
  if (isJson && !headers.has('content-type')) headers.set('Content-Type', 'application/json')
  const bytes = bytesOf(body)
  if (!headers.has('content-length')) headers.set('Content-Length', String(bytes.length))
  return { status, headers, chunks: [bytes] }
}
