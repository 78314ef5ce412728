import { writeSync } from 'node:fs'
import { MAX_LINE_BYTES, type Reply } from '../protocol.ts'
import { endKin } from './kin.ts'

const { stringify } = JSON
const bytesOf = Buffer.from

/** Writes a reply before it returns: whatever comes next may never end. */
export function writeReply(fd: number, reply: Reply): void {
  const bytes = lineOf(reply)
  try {
    for (let written = 0; written < bytes.length; ) written += writeSome(fd, bytes, written)
  } catch {
    // The gateway has gone. At the start, what it said before is read first: which are its processes.
    if (reply.k !== 'ready') endKin()
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
    // In mode `on` the descriptor does not block, and the gateway reads soon.
    if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return 0
    throw error
  }
}
