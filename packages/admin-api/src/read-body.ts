import { refuse } from './refusal.ts'

/**
 * Reads a body whole, and stops as soon as it is larger than allowed.
 *
 * @throws Refusal 413
 */
export async function readBody(request: Request, maxBytes: number): Promise<Uint8Array> {
  if (Number(request.headers.get('content-length') ?? 0) > maxBytes) throw tooLarge()
  const chunks: Uint8Array[] = []
  let size = 0
  // Leaving the loop cancels the stream, so the rest is not taken from the client.
  for await (const chunk of request.body ?? []) {
    size += chunk.byteLength
    if (size > maxBytes) throw tooLarge()
    chunks.push(chunk)
  }
  return Buffer.concat(chunks, size)
}

function tooLarge() {
  return refuse(413, 'Request body too large')
}
