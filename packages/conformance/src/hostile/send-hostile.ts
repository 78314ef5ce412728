import type net from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import { type Canaries, openSocket } from './canaries.ts'
import type { HostileRequestCase } from './hostile-case.ts'
import { playParts } from './play-parts.ts'
import { parseResponses } from './strict-responses.ts'

/** What a client saw that sent a hostile request. */
export interface Seen {
  readonly bytes: Buffer
  /** The gateway has closed its side of the connection. */
  readonly closed: boolean
  /** Milliseconds after the connection stood; undefined where it did not happen. */
  readonly closedMs: number | undefined
  readonly firstByteMs: number | undefined
  /** What went wrong with others while the request was under way. */
  readonly duringProblem: string | undefined
  /** Whole requests at the upstream when the client began to read. */
  readonly requestsAtRead: number | undefined
}

export interface SendOptions {
  readonly port: number
  readonly canaries: Canaries
  /** How many whole requests the upstream has received. */
  requestCount(): number
}

/** A connection that has carried all the answers is watched for more of them for so long. */
const QUIET_MS = 120
/** RFC 9112, 9.6: closing may linger; nginx does for 5 seconds. */
const CLOSE_MS = 7000
const ANSWER_MS = 5000
/** What has piled up before a client that reads late. */
const READ_MS = 2500
/** More than this is not parsed anew for each piece of it. */
const LARGE_BYTES = 1024 * 1024

/** Plays the octets of a case and waits for what comes of them. */
export async function sendHostile(one: HostileRequestCase, options: SendOptions): Promise<Seen> {
  const client = new HostileClient(await openSocket(options.port), one)
  const sending = client.play()
  const readsLate = one.expect.response?.no_read === true
  const late = readsLate ? await readLate(client, one, options) : undefined
  await client.settled()
  const isOpen = !client.ended
  const duringProblem =
    late?.problem ?? (isOpen && one.group === 'slow' ? await options.canaries.send() : undefined)
  await Promise.race([sending, wait(50)])
  client.socket.destroy()
  return { ...client.seen(!isOpen), duringProblem, requestsAtRead: late?.requests }
}

/** Lets answers pile up before the client, and looks what that does to others. */
async function readLate(
  client: HostileClient,
  { expect }: HostileRequestCase,
  { canaries, requestCount }: SendOptions,
): Promise<{ problem: string | undefined; requests: number }> {
  client.socket.pause()
  const ms = expect.within_ms ?? 0
  for (const end = Date.now() + ms; Date.now() < end && !client.ended; ) await wait(20)
  const requests = requestCount()
  const problem = await canaries.send()
  client.socket.resume()
  return { problem, requests }
}

class HostileClient {
  readonly socket: net.Socket
  ended = false
  readonly #case: HostileRequestCase
  readonly #startedAt = Date.now()
  readonly #chunks: Buffer[] = []
  #bytes = 0
  #firstAt: number | undefined
  #lastAt = Date.now()
  #endedAt: number | undefined
  #isSent = false

  constructor(socket: net.Socket, one: HostileRequestCase) {
    this.socket = socket
    this.#case = one
    socket.on('data', (chunk) => {
      this.#chunks.push(chunk)
      this.#bytes += chunk.length
      this.#lastAt = Date.now()
      this.#firstAt ??= this.#lastAt
    })
    const end = (): void => {
      this.ended = true
      this.#endedAt ??= Date.now()
    }
    socket.on('end', end)
    socket.on('close', end)
    if (socket.destroyed) end()
  }

  async play(): Promise<void> {
    const { raw, parts = [], half_close } = this.#case
    await playParts(this.socket, raw === undefined ? parts : [{ b64: raw }])
    if (half_close === 'reset') {
      await wait(50)
      this.socket.resetAndDestroy()
    } else if (half_close === true) this.socket.end()
    this.#isSent = true
  }

  /** Resolves when the connection has ended, all answers are here, or the time is up. */
  async settled(): Promise<void> {
    const { expect } = this.#case
    const answerMs = (expect.within_ms ?? ANSWER_MS) + 500
    const readMs = expect.response?.no_read === true ? READ_MS : 0
    const limitMs = Math.max(answerMs, expect.must_close ? CLOSE_MS + 500 : 0) + readMs
    let parsedBytes = -1
    let count = 0
    // A long row of answers may go on for as long as it goes on.
    const isRow = expect.response?.collect === true
    const since = (): number => (isRow ? this.#lastAt : this.#startedAt)
    while (!this.ended && Date.now() - since() < limitMs) {
      await wait(10)
      const isLarge = this.#bytes > LARGE_BYTES && Date.now() - this.#lastAt < QUIET_MS
      if (parsedBytes !== this.#bytes && !isLarge) {
        parsedBytes = this.#bytes
        count = this.#finals().filter(({ isWhole }) => isWhole).length
      }
      if (this.#isDone(count)) return
    }
  }

  #isDone(count: number): boolean {
    const { expect } = this.#case
    if (!this.#isSent || expect.must_close) return false
    if (expect.response?.collect === true) return count >= (expect.responses_max ?? 1)
    if (count < 1 + (expect.then_status?.length ?? 0)) return false
    const { status } = this.#finals()[0] ?? { status: 0 }
    const isAboutToClose = expect.close_on?.includes(status) === true
    return Date.now() - this.#lastAt > (isAboutToClose ? CLOSE_MS : QUIET_MS)
  }

  #finals() {
    const isHead = this.#case.method === 'HEAD'
    return parseResponses(Buffer.concat(this.#chunks), { ended: false, isHead }).finals
  }

  seen(closed: boolean): Pick<Seen, 'bytes' | 'closed' | 'closedMs' | 'firstByteMs'> {
    const since = (at: number | undefined): number | undefined =>
      at === undefined ? undefined : at - this.#startedAt
    return {
      bytes: Buffer.concat(this.#chunks),
      closed,
      closedMs: since(this.#endedAt),
      firstByteMs: since(this.#firstAt),
    }
  }
}
