import { Busboy, type BusboyInstance } from '@fastify/busboy'
import { MAX_ARGUMENTS, type NamedValue } from './expand-names.ts'
import { refuse } from './refusal.ts'

/**
 * Reads a multipart form. A part with a file name supplies its content as the value, untouched and
 * whatever its type.
 *
 * @throws Refusal 400 when the form is cut off, has no boundary or holds text that is not UTF-8
 */
export async function parseMultipart(
  bytes: Uint8Array,
  contentType: string,
): Promise<NamedValue[]> {
  if (bytes.length === 0) return []
  const parser = openParser(contentType, bytes.length)
  return new Promise((resolve, reject) => {
    const parts: { readonly name: string; readonly chunks: Buffer[] }[] = []
    parser.on('file', (name: string | undefined, stream) => {
      const part = { name: name ?? '', chunks: [] as Buffer[] }
      if (name !== undefined) parts.push(part)
      stream.on('data', (chunk: Buffer) => part.chunks.push(chunk))
      stream.on('error', () => reject(unparsable()))
    })
    parser.on('partsLimit', () => reject(refuse(400, 'Too many arguments')))
    parser.on('error', () => reject(unparsable()))
    parser.on('finish', () => {
      try {
        resolve(parts.map(({ name, chunks }) => [name, decode(Buffer.concat(chunks))]))
      } catch (error) {
        reject(error)
      }
    })
    parser.end(bytes)
  })
}

function openParser(contentType: string, size: number): BusboyInstance {
  try {
    return new Busboy({
      headers: { 'content-type': contentType },
      // Every part is read as a file: fields come as text in which broken bytes are already lost.
      isPartAFile: () => true,
      limits: { fileSize: size, parts: MAX_ARGUMENTS, headerPairs: 20, headerSize: 16 * 1024 },
    })
  } catch {
    throw unparsable()
  }
}

function decode(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    throw unparsable()
  }
}

function unparsable() {
  return refuse(400, 'Cannot parse multipart body')
}
