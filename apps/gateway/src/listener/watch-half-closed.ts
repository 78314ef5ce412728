import type { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

/**
 * How long a client that has closed its side is waited with for its answer to begin, in milliseconds.
 * Mostly it has gone, and its Service works for nobody.
 */
export const HALF_CLOSED_MS = 1000

/**
 * Finds out whether a client that has closed its side of the connection has left.
 *
 * A client that only says that it has no further request still wants its answer, and one that has
 * left looks the same until something is sent to it. So it is believed for a while; when the answer
 * has begun, the system tells whether it is still there.
 */
export function watchHalfClosed(socket: Socket, res: ServerResponse): void {
  const late = setTimeout(() => {
    if (!res.headersSent) socket.destroy()
  }, HALF_CLOSED_MS)
  res.once('close', () => clearTimeout(late))
}
