import { refuse } from './refusal.ts'

/**
 * Reads a body whole, and stops as soon as it is larger than allowed. How long a client may take is
 * for the listener to say.
 *
 * @throws Refusal 413, and 400 when the body breaks off
 */
export async function readBody(request: Request, maxBytes: number): Promise<Uint8Array> {
  if (Number(request.headers.get('content-length') ?? 0) > maxBytes) throw tooLarge()
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of chunksOf(request)) {
    size += chunk.byteLength
    // Leaving the loop cancels the stream, so the rest is not taken from the client.
    if (size > maxBytes) throw tooLarge()
    chunks.push(chunk)
  }
  return Buffer.concat(chunks, size)
}

async function* chunksOf(request: Request): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of request.body ?? []) yield chunk
  } catch {
    // The connection broke: nobody reads the answer, and it is no fault of ours.
    throw refuse(400, 'Request body ended early')
  }
}

function tooLarge() {
  return refuse(413, 'Request body too large')
}
