import net from 'node:net'
import { valuesOf } from './strict-message.ts'
import { parseResponses } from './strict-responses.ts'

/**
 * Ordinary requests between hostile ones. If any of them gets the answer of another request, what
 * was sent before has shifted the answers of a connection that others use too.
 */
export class Canaries {
  readonly #port: number
  #count = 0
  #kept: net.Socket | undefined

  constructor(port: number) {
    this.#port = port
  }

  /** Sends two on fresh connections and one on a kept one. Answers what is wrong. */
  async send(): Promise<string | undefined> {
    for (let i = 0; i < 2; i++) {
      const socket = await openSocket(this.#port)
      const problem = await this.sendOn(socket)
      socket.destroy()
      if (problem !== undefined) return `fresh canary: ${problem}`
    }
    const problem = await this.#sendKept()
    return problem === undefined ? undefined : `pooled canary: ${problem}`
  }

  /** A gateway may close an idle connection at any time; another one must do then. */
  async #sendKept(): Promise<string | undefined> {
    const kept = this.#kept
    if (kept !== undefined && !kept.destroyed && !kept.readableEnded) {
      const problem = await this.sendOn(kept)
      if (problem !== 'closed') return problem
    }
    this.#kept = await openSocket(this.#port)
    return this.sendOn(this.#kept)
  }

  /** Sends one on a connection. Answers what is wrong, `closed` for a connection that has ended. */
  sendOn(socket: net.Socket): Promise<string | undefined> {
    this.#count += 1
    const target = `/canary-${this.#count}`
    return new Promise((resolve) => {
      let bytes = Buffer.alloc(0)
      const done = (problem: string | undefined): void => {
        clearTimeout(late)
        socket.off('data', onData).off('close', onEnd).off('end', onEnd)
        resolve(problem)
      }
      const late = setTimeout(() => done('no answer'), ANSWER_MS)
      const onEnd = (): void => done('closed')
      const onData = (chunk: Buffer): void => {
        bytes = Buffer.concat([bytes, chunk])
        const { finals, bad } = parseResponses(bytes, { ended: false })
        if (bad !== undefined) return done(bad)
        const [first, ...more] = finals
        if (first === undefined || !first.isWhole) return
        const [seen] = valuesOf(first.fields, 'x-seen-target')
        const isOwn = first.status === 200 && seen === target && more.length === 0
        done(isOwn ? undefined : `${first.status} of ${seen} for ${target}`)
      }
      socket.on('data', onData).on('close', onEnd).on('end', onEnd)
      socket.write(`GET ${target} HTTP/1.1\r\nHost: plain.test\r\n\r\n`)
    })
  }

  close(): void {
    this.#kept?.destroy()
  }
}

const ANSWER_MS = 5000

/** Connects to a port of 127.0.0.1. A connection that is refused or ends is an ended socket. */
export async function openSocket(port: number): Promise<net.Socket> {
  const socket = net.connect({ host: '127.0.0.1', port, allowHalfOpen: true, noDelay: true })
  socket.on('error', () => {})
  await new Promise<void>((resolve) => {
    socket.once('connect', resolve)
    socket.once('close', () => resolve())
  })
  return socket
}
