import { Readable } from 'node:stream'

/** Who brings the bytes of a body. */
export interface BodyFlow {
  /** Somebody wants to read on. */
  wantBody(): void
}

/** The body of a request, read from the connection as fast as it is read from here. */
export class RequestBody extends Readable {
  /** Name, value, name, value; as received, and complete when the body has ended. */
  rawTrailers: readonly string[] = []
  readonly #flow: BodyFlow

  constructor(flow: BodyFlow) {
    super({ highWaterMark: HIGH_WATER_BYTES })
    this.#flow = flow
    // Whoever reads the body hears of its errors; without a listener they would end the process.
    this.on('error', ignore)
  }

  override _read(): void {
    this.#flow.wantBody()
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    // What is left of it still has to come off the connection.
    this.#flow.wantBody()
    done(error)
  }
}

const HIGH_WATER_BYTES = 64 * 1024

function ignore(): void {
  // Told to those who listen; nobody has to.
}
