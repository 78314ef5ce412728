import { request } from 'node:http'
import { groupHeaders } from './echo-upstream.ts'

/** A request as it goes over the wire. */
export interface WireRequest {
  readonly method: string
  readonly path: string
  /** Name and value, in order; Host is added unless it is there. */
  readonly headers: readonly (readonly [string, string])[]
  readonly body: string | undefined
}

export interface WireAnswer {
  readonly status: number
  /** By lower-cased name. */
  readonly headers: Readonly<Record<string, string | string[]>>
  readonly body: string
}

/**
 * Sends one request on a connection of its own and reads the whole answer.
 *
 * Rejects with the system's error, or when nothing comes for `timeoutMs` milliseconds.
 */
export function sendRequest(base: URL, wire: WireRequest, timeoutMs: number): Promise<WireAnswer> {
  return new Promise((resolve, reject) => {
    const options = {
      host: base.hostname.replace(/^\[|\]$/g, ''),
      port: base.port === '' ? 80 : Number(base.port),
      method: wire.method,
      // A character that HTTP does not allow there would make Node refuse the request.
      path: wire.path.replace(/[^\x21-\x7e]/gu, encodeURIComponent),
      headers: rawHeaders(base, wire),
      agent: false as const,
      timeout: timeoutMs,
      setHost: false,
    }
    const req = request(options, (res) => {
      const chunks: Buffer[] = []
      res.on('data', (chunk: Buffer) => chunks.push(chunk))
      res.on('error', reject)
      res.on('end', () => {
        const body = Buffer.concat(chunks).toString()
        resolve({ status: res.statusCode ?? 0, headers: groupHeaders(res.rawHeaders), body })
      })
    })
    req.on('timeout', () => req.destroy(new Error(`no answer within ${timeoutMs} ms`)))
    req.on('error', reject)
    req.end(wire.body)
  })
}

function rawHeaders(base: URL, { headers, body }: WireRequest): string[] {
  const raw = headers.flat()
  if (!headers.some(([name]) => name.toLowerCase() === 'host')) raw.push('Host', base.host)
  if (body !== undefined) raw.push('Content-Length', String(Buffer.byteLength(body)))
  return raw
}
