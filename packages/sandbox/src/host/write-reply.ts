import { writeSync } from 'node:fs'
import type { Reply } from '../protocol.ts'

const { stringify } = JSON
const bytesOf = Buffer.from

/** Writes a reply before it returns: whatever comes next may never end. */
export function writeReply(fd: number, reply: Reply): void {
  const bytes = bytesOf(`${stringify(reply)}\n`)
  for (let written = 0; written < bytes.length; ) {
    written += writeSome(fd, bytes, written)
  }
}

function writeSome(fd: number, bytes: Buffer, from: number): number {
  try {
    return writeSync(fd, bytes, from)
  } catch (error) {
    // In mode `on` the descriptor does not block. The gateway reads soon, or has gone.
    if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return 0
    throw error
  }
}
