import { writeSync } from 'node:fs'
import { MAX_LINE_BYTES, type Reply } from '../protocol.ts'

const { stringify } = JSON
const bytesOf = Buffer.from

/** Writes a reply before it returns: whatever comes next may never end. */
export function writeReply(fd: number, reply: Reply): void {
  const bytes = lineOf(reply)
  for (let written = 0; written < bytes.length; ) {
    written += writeSome(fd, bytes, written)
  }
}

/** A control character is six in JSON: a text that may be answered can be too long to be sent. */
function lineOf(reply: Reply): Buffer {
  const bytes = bytesOf(`${stringify(reply)}\n`)
  if (bytes.length <= MAX_LINE_BYTES || reply.k !== 'ok') return bytes
  const text = `the answer is more than ${MAX_LINE_BYTES} bytes as JSON`
  return lineOf({ k: 'failed', i: reply.i, why: { kind: 'result', text } })
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
