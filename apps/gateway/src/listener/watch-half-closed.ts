import type { Socket } from 'node:net'

/**
 * Finds out whether a client that has closed its side of the connection has left.
 *
 * A client that only says that it has no further request still wants its answer, and one that has
 * left looks the same until something is sent to it. So it is believed for as long as answers keep
 * coming for it, and cut when none has come for a while.
 */
export function watchHalfClosed(socket: Socket): void {
  let written = socket.bytesWritten
  const watch = setInterval(() => {
    const isSilent = socket.bytesWritten === written && socket.writableLength === 0
    if (isSilent) socket.destroy()
    written = socket.bytesWritten
  }, SILENT_MS)
  socket.once('close', () => clearInterval(watch))
}

/** Long enough for most answers, and short for a Service that works on one that nobody wants. */
const SILENT_MS = 500
