import { readSync } from 'node:fs'
import type { Request } from '../protocol.ts'
import { createLineReader } from './read-lines.ts'
import { endKin, setKin } from './kin.ts'
import type { Runner } from './run-confined.ts'
import { writeReply } from './write-reply.ts'

const { parse } = JSON
const { allocUnsafe } = Buffer

/**
 * Serves requests one after another with blocking reads and writes: nothing here waits for anything
 * else, and the event loop costs more than a call does (bench/function-host.bench.ts).
 *
 * Each reply is written before the next call begins. So the gateway knows which call the process is
 * busy with: the first that has no reply.
 */
export async function serveBlocking(fd: number, run: Runner): Promise<never> {
  const lines = createLineReader()
  const chunk = allocUnsafe(65_536)
  writeReply(fd, { k: 'ready' })
  for (;;) {
    const bytes = readSome(fd, chunk)
    if (bytes === 0) return endKin()
    for (const line of lines.push(chunk.subarray(0, bytes))) {
      const request = parse(line) as Request
      if (request.t === 'kin') setKin(request.pids)
      const answer = run(request)
      const reply = answer instanceof Promise ? await answer : answer
      if (reply !== undefined) writeReply(fd, reply)
    }
  }
}

function readSome(fd: number, chunk: Buffer): number {
  try {
    return readSync(fd, chunk)
  } catch {
    // The gateway ended with replies unread.
    return 0
  }
}
