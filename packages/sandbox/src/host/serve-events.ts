import { Socket } from 'node:net'
import type { Reply, Request } from '../protocol.ts'
import { endKin, setKin } from './kin.ts'
import { createLineReader } from './read-lines.ts'

/** Serves requests through the event loop, several at a time: functions may wait for other things. */
export function serveEvents(
  fd: number,
  run: (request: Request) => Promise<Reply | undefined>,
): void {
  const lines = createLineReader()
  const socket = new Socket({ fd, readable: true, writable: true })
  const write = (reply: Reply | undefined): void => {
    if (reply !== undefined) socket.write(`${JSON.stringify(reply)}\n`)
  }
  socket.on('data', (bytes: Buffer) => {
    for (const line of lines.push(bytes)) {
      const request = JSON.parse(line) as Request
      if (request.t === 'kin') setKin(request.pids)
      else void run(request).then(write)
    }
  })
  socket.on('end', endKin)
  socket.on('error', endKin)
  process.on('uncaughtException', () => {
    // A timer or an emitter of a function threw: its call runs on, or ends at its deadline.
  })
  write({ k: 'ready' })
}
