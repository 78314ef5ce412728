import type { Socket } from 'node:net'

/**
 * Closes a connection so that the client gets to see the answer: says that nothing more comes, and
 * reads what the client still sends until it has stopped too.
 *
 * A system that closes with bytes unread resets the connection, and a reset throws away what the
 * client has not read yet.
 *
 * @see RFC 9112, 9.6
 */
export function closeLingering(socket: Socket): void {
  if (socket.destroyed) return
  if (socket.writable) socket.end()
  const late = setTimeout(() => socket.destroy(), LINGER_MS)
  socket.once('close', () => clearTimeout(late))
  socket.resume()
}

/** nginx waits 5 seconds for each read and 30 in all; whoever has not stopped by then does not want to. */
const LINGER_MS = 2000
