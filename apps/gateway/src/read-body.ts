import type { Exchange } from './listener/listener.ts'
import { gatewayErrors } from './errors.ts'

/**
 * Reads the whole body of a request for a plugin that asked for it.
 *
 * @param maxBytes `client_body_buffer_max`
 * @throws POSTERN_GATEWAY_BODY_TOO_LARGE, and what the connection failed with
 */
export async function readBody({ body }: Exchange, maxBytes: number): Promise<Uint8Array> {
  if (body === undefined) return new Uint8Array()
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of body as AsyncIterable<Uint8Array>) {
    bytes += chunk.length
    if (bytes > maxBytes) throw gatewayErrors.BODY_TOO_LARGE(maxBytes)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}
