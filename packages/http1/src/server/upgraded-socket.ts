import type { Socket } from 'node:net'
import { Duplex } from 'node:stream'

/**
 * A connection that speaks another protocol from here on.
 *
 * The socket itself reads into the shared buffer and has no stream to read from, so this stands in
 * front of it.
 */
export class UpgradedSocket extends Duplex {
  readonly #socket: Socket
  readonly #onWrite: (bytes: number) => void

  constructor(socket: Socket, onWrite: (bytes: number) => void) {
    super({ allowHalfOpen: true })
    this.#socket = socket
    this.#onWrite = onWrite
    socket.on('close', () => this.destroy())
    socket.on('error', (error) => this.destroy(error))
    this.on('error', ignore)
  }

  /** Bytes that the client has sent, to be kept. */
  onBytes(chunk: Buffer): void {
    if (!this.destroyed && !this.push(chunk)) this.#socket.pause()
  }

  /** The client has sent FIN. */
  onInputEnd(): void {
    if (!this.destroyed) this.push(null)
  }

  override _read(): void {
    this.#socket.resume()
  }

  override _write(
    chunk: Buffer,
    _encoding: BufferEncoding,
    done: (error?: Error | null) => void,
  ): void {
    this.#onWrite(chunk.length)
    this.#socket.write(chunk, done)
  }

  override _final(done: () => void): void {
    this.#socket.end(done)
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#socket.destroy()
    done(error)
  }
}

function ignore(): void {
  // The close event follows, and tells whoever has to know.
}
