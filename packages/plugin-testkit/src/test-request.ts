import { HeaderList } from '@postern/pdk-response'
import type { RequestFacts } from '@postern/plugin-runtime'

/** What the client sends. What is not told is a `GET /` of `http://localhost`. */
export interface TestRequest {
  readonly method?: string
  /** Path and query, as on the request line. Default `/`. */
  readonly path?: string
  /** A list sends one line for each element. Host is `localhost` unless told. */
  readonly headers?: Readonly<Record<string, string | readonly string[]>>
  /** An object goes out as JSON, with its Content-Type and Content-Length. */
  readonly body?: string | Uint8Array | object
  readonly scheme?: 'http' | 'https'
  /** 1, 1.1 (default) or 2. */
  readonly httpVersion?: number
  /** Default `127.0.0.1`. */
  readonly clientIp?: string
  /** 32 hex digits in a gateway; always the same here unless told. */
  readonly id?: string
}

/** The request as the plugin finds it, and its body. */
export interface ArrivedRequest {
  readonly facts: RequestFacts
  readonly body: Uint8Array
}

/** Fills in what a test does not tell. */
export function readRequest(asked: TestRequest, nowMs: number): ArrivedRequest {
  const target = asked.path ?? '/'
  const at = target.indexOf('?')
  const path = at === -1 ? target : target.slice(0, at)
  const body = bytesOf(asked.body)
  const headers = headersOf(asked, body)
  const scheme = asked.scheme ?? 'http'
  const address = asked.clientIp ?? '127.0.0.1'
  const [host, port] = splitHost(headers.get('host') ?? '')
  const facts: RequestFacts = {
    id: asked.id ?? 'ca11ab1e'.repeat(4),
    method: asked.method ?? (asked.body === undefined ? 'GET' : 'POST'),
    target,
    rawPath: path,
    rawQuery: at === -1 ? '' : target.slice(at + 1),
    path,
    httpVersion: asked.httpVersion ?? 1.1,
    scheme,
    host,
    port: port ?? (scheme === 'https' ? 443 : 80),
    headers,
    peerAddress: address,
    peerPort: 50_000,
    clientAddress: address,
    clientPort: 50_000,
    localPort: scheme === 'https' ? 8443 : 8000,
    startedAtMs: nowMs,
    sni: scheme === 'https' ? host : undefined,
  }
  return { facts, body }
}

function headersOf(asked: TestRequest, body: Uint8Array): HeaderList {
  const headers = new HeaderList()
  for (const [name, value] of Object.entries(asked.headers ?? {})) headers.append(name, value)
  if (!headers.has('host')) headers.set('Host', 'localhost')
  if (asked.body === undefined) return headers
  const isJson = typeof asked.body === 'object' && !(asked.body instanceof Uint8Array)
  if (isJson && !headers.has('content-type')) headers.set('Content-Type', 'application/json')
  if (!headers.has('content-length')) headers.set('Content-Length', String(body.length))
  return headers
}

/** Text as UTF-8, bytes as they are, anything else as JSON. */
export function bytesOf(body: string | Uint8Array | object | undefined): Uint8Array {
  if (body === undefined) return new Uint8Array()
  if (body instanceof Uint8Array) return body
  return Buffer.from(typeof body === 'string' ? body : JSON.stringify(body))
}

function splitHost(host: string): [host: string, port: number | undefined] {
  const match = /^(.*?)(?::(\d+))?$/.exec(host)
  const port = match?.[2]
  return [(match?.[1] ?? '').toLowerCase(), port === undefined ? undefined : Number(port)]
}
