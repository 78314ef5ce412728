import { Socket } from 'node:net'
import type { Reply, Request } from '../protocol.ts'
import { endKin, setKin } from './kin.ts'
import { createLineReader } from './read-lines.ts'
import { writeReply } from './write-reply.ts'

/**
 * Serves requests through the event loop, several at a time: functions may wait for other things.
 *
 * Each call is told when it begins. A function in a loop leaves those behind it unbegun, and only
 * these are done again elsewhere.
 */
export function serveEvents(
  fd: number,
  run: (request: Request) => Promise<Reply | undefined>,
): void {
  const lines = createLineReader()
  const socket = new Socket({ fd, readable: true, writable: true })
  const serve = async (request: Request): Promise<void> => {
    if (request.t === 'kin') return setKin(request.pids)
    if (request.t === 'call') writeReply(fd, { k: 'began', i: request.i })
    const reply = await run(request)
    if (reply !== undefined) writeReply(fd, reply)
  }
  socket.on('data', (bytes: Buffer) => {
    for (const line of lines.push(bytes)) void serve(JSON.parse(line) as Request)
  })
  socket.on('end', endKin)
  socket.on('error', endKin)
  process.on('uncaughtException', () => {
    // A timer or an emitter of a function threw: its call runs on, or ends at its deadline.
  })
  writeReply(fd, { k: 'ready' })
}
