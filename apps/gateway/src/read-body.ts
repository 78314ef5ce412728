import { Readable } from 'node:stream'
import type { HeaderList } from '@postern/pdk-response'
import type { BodySource } from '@postern/proxy'
import type { Exchange } from './listener/listener.ts'
import { gatewayErrors } from './errors.ts'

/**
 * Reads the whole body of a request for a plugin that asked for it.
 *
 * @param maxBytes `client_body_buffer_max`
 * @throws POSTERN_GATEWAY_BODY_TOO_LARGE, those of `limitBody`, and what the connection failed with
 */
export async function readBody(
  body: BodySource | undefined,
  maxBytes: number,
): Promise<Uint8Array> {
  if (body === undefined) return new Uint8Array()
  const chunks: Uint8Array[] = []
  let bytes = 0
  // Not destroyed when it is too long: the connection is still needed for the answer.
  const source = body instanceof Readable ? body.iterator({ destroyOnReturn: false }) : body
  for await (const chunk of source as AsyncIterable<Uint8Array>) {
    bytes += chunk.length
    if (bytes > maxBytes) throw gatewayErrors.BODY_TOO_LARGE(maxBytes)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

/** Tells a client that waits to be asked for its body to send it. */
export function askForBody(exchange: Exchange, headers: HeaderList): void {
  if (exchange.body === undefined) return
  if (headers.get('expect')?.toLowerCase() === '100-continue') exchange.sendInformation(100, [])
}
