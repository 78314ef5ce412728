import { spawn } from 'node:child_process'
import { once } from 'node:events'
import net from 'node:net'

/** A server whose queue of connections is full. */
export interface FullServer {
  readonly port: number
  close(): void
}

/**
 * Starts a server that takes no connection any more: its process sleeps, and its queue is full. Linux
 * drops the handshakes of those who come later.
 */
export async function startFullServer(): Promise<FullServer> {
  const child = spawn(process.execPath, ['--eval', SLEEPER], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [line] = (await once(child.stdout, 'data')) as [Buffer]
  const port = Number(line.toString())
  const waiting = Array.from({ length: 4 }, () => net.connect(port, '127.0.0.1'))
  for (const socket of waiting) socket.on('error', () => {})
  await Promise.all(waiting.slice(0, 2).map((socket) => once(socket, 'connect')))
  return {
    port,
    close() {
      for (const socket of waiting) socket.destroy()
      child.kill('SIGKILL')
    },
  }
}

const SLEEPER = `
  const server = require('node:net').createServer().listen({ port: 0, host: '127.0.0.1', backlog: 1 })
  server.on('listening', () => {
    process.stdout.write(String(server.address().port), () => {
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
    })
  })`
