import type { Socket } from 'node:net'
import { readClientHello } from './read-client-hello.ts'

/** What a client says before anything is answered. */
export interface ClientHello {
  /** In lower case; undefined where the client names no server. */
  readonly serverName: string | undefined
}

/**
 * Reads the ClientHello of a new connection and puts it back, for TLS to read it again. Answers
 * undefined where none comes: something else, or nothing whole within `timeoutMs`.
 */
export function awaitClientHello(
  socket: Socket,
  timeoutMs: number,
): Promise<ClientHello | undefined> {
  return new Promise((resolve) => {
    let bytes: Buffer = Buffer.alloc(0)
    const late = setTimeout(() => end(undefined), timeoutMs)
    const end = (hello: ClientHello | undefined): void => {
      clearTimeout(late)
      socket.off('readable', look).off('end', gone).off('close', gone).off('error', ignore)
      resolve(hello)
    }
    const gone = (): void => end(undefined)
    const look = (): void => {
      const chunk = socket.read() as Buffer | null
      if (chunk === null) return
      bytes = Buffer.concat([bytes, chunk])
      const read = readClientHello(bytes)
      if (read.kind === 'incomplete') return
      if (read.kind === 'whole') socket.unshift(bytes)
      end(read.kind === 'whole' ? { serverName: read.serverName } : undefined)
    }
    socket.on('readable', look).on('end', gone).on('close', gone).on('error', ignore)
  })
}

function ignore(): void {
  // `close` follows.
}
