import type { HeaderList } from '@postern/pdk-response'
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
  // Not destroyed when it is too long: the connection is still needed for the answer.
  for await (const chunk of body.iterator({ destroyOnReturn: false })) {
    bytes += (chunk as Uint8Array).length
    if (bytes > maxBytes) throw gatewayErrors.BODY_TOO_LARGE(maxBytes)
    chunks.push(chunk as Uint8Array)
  }
  return Buffer.concat(chunks)
}

/** Tells a client that waits to be asked for its body to send it. */
export function askForBody(exchange: Exchange, headers: HeaderList): void {
  if (exchange.body === undefined) return
  if (headers.get('expect')?.toLowerCase() === '100-continue') exchange.sendInformation(100, [])
}
