import net from 'node:net'
import type { AddressInfo } from 'node:net'
import type { HostileResponseCase } from './hostile-case.ts'
import { playParts } from './play-parts.ts'

/** What the upstream has seen since a case began. */
export interface UpstreamObservation {
  /** How often the case was played. */
  readonly plays: number
  /** Whether a connection that has carried the case was used for another request: its target. */
  readonly reusedFor: string | undefined
  /** Whether a connection that was opened for the case has been closed by the gateway. */
  readonly isClosed: boolean
}

/** An upstream that answers `/u/ID` with the octets of the case of that id. */
export interface ScriptedUpstream {
  readonly port: number
  /** From here on observations are about this case; connections that are open are cut. */
  begin(one: HostileResponseCase): Promise<void>
  observe(): UpstreamObservation
  /** Nothing is played on accept any more. */
  end(): void
  close(): Promise<void>
}

/** Starts it. What is no case is answered 200 with `X-Seen-Target`. */
export async function startScriptedUpstream(
  cases: readonly HostileResponseCase[],
): Promise<ScriptedUpstream> {
  const script = new Script(new Map(cases.map((one) => [one.id, one])))
  let server = await listen(script, 0)
  const { port } = server.address() as AddressInfo
  return {
    port,
    async begin(one) {
      await script.begin(one)
      if (one.when === 'refuse') await closeServer(server)
      else if (!server.listening) server = await listen(script, port)
    },
    observe: () => script.observe(),
    end: () => {
      script.current = undefined
    },
    async close() {
      await script.cut()
      if (server.listening) await closeServer(server)
    },
  }
}

async function listen(script: Script, port: number): Promise<net.Server> {
  const server = net.createServer({ noDelay: true }, (socket) => script.accept(socket))
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  return server
}

function closeServer(server: net.Server): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()))
}

class Script {
  current: HostileResponseCase | undefined
  readonly #cases: ReadonlyMap<string, HostileResponseCase>
  readonly #sockets = new Set<net.Socket>()
  #plays = 0
  #reusedFor: string | undefined
  #isClosed = false

  constructor(cases: ReadonlyMap<string, HostileResponseCase>) {
    this.#cases = cases
  }

  async begin(one: HostileResponseCase): Promise<void> {
    await this.cut()
    this.current = one
    this.#plays = 0
    this.#reusedFor = undefined
    this.#isClosed = false
  }

  /** Resolves when all connections have ended. */
  async cut(): Promise<void> {
    const open = [...this.#sockets]
    await Promise.all(
      open.map((socket) => {
        const closed = new Promise((resolve) => socket.once('close', resolve))
        socket.destroy()
        return closed
      }),
    )
  }

  observe(): UpstreamObservation {
    return { plays: this.#plays, reusedFor: this.#reusedFor, isClosed: this.#isClosed }
  }

  accept(socket: net.Socket): void {
    this.#sockets.add(socket)
    const { current } = this
    socket.on('error', () => {})
    socket.once('close', () => {
      this.#sockets.delete(socket)
      if (current !== undefined && current === this.current) this.#isClosed = true
    })
    const connection = { socket, hasPlayed: false, isBusy: false }
    if (current?.when === 'on-accept' && this.#plays === 0) void this.#play(connection, current)
    let bytes: Buffer = Buffer.alloc(0)
    const takeAll = async (): Promise<void> => {
      for (let rest = await this.#take(connection, bytes); rest !== undefined; ) {
        bytes = bytes.subarray(rest)
        rest = await this.#take(connection, bytes)
      }
    }
    socket.on('data', (chunk) => {
      bytes = Buffer.concat([bytes, chunk])
      if (!connection.isBusy) void takeAll()
    })
  }

  /** Answers the first request in the octets. Resolves with its length; undefined: it is not whole. */
  async #take(connection: UpstreamConnection, bytes: Buffer): Promise<number | undefined> {
    const { socket } = connection
    const end = bytes.indexOf('\r\n\r\n')
    if (end < 0) return undefined
    const head = bytes.toString('latin1', 0, end)
    const target = head.split(' ', 2)[1] ?? ''
    const one = this.#cases.get(/\/u\/([\w-]+)/.exec(target)?.[1] ?? '')
    if (one?.when === 'after-head' || one?.when === 'no-read') {
      if (one.when === 'no-read') socket.pause()
      await this.#play(connection, one)
      return undefined
    }
    const length = lengthOf(head, bytes, end + 4)
    if (length === undefined) return undefined
    if (one === undefined) {
      if (connection.hasPlayed) this.#reusedFor = target
      socket.write(`HTTP/1.1 200 OK\r\nX-Seen-Target: ${target}\r\nContent-Length: 2\r\n\r\nok`)
    } else if (one.when !== 'on-accept' || !connection.hasPlayed) {
      await this.#play(connection, one)
    }
    return length
  }

  async #play(connection: UpstreamConnection, one: HostileResponseCase): Promise<void> {
    const { socket } = connection
    this.#plays += 1
    connection.hasPlayed = true
    connection.isBusy = true
    await playParts(
      socket,
      one.response === undefined ? (one.parts ?? []) : [{ b64: one.response }],
    )
    connection.isBusy = one.when === 'after-head' || one.when === 'no-read'
    if (one.then === 'close') socket.end()
    else if (one.then === 'reset') socket.resetAndDestroy()
  }
}

interface UpstreamConnection {
  readonly socket: net.Socket
  hasPlayed: boolean
  /** Octets are being played, and what comes meanwhile waits. */
  isBusy: boolean
}

/** Octets of a request; undefined: it is not whole. */
function lengthOf(head: string, bytes: Buffer, bodyAt: number): number | undefined {
  if (/^transfer-encoding:/im.test(head)) {
    const last = bytes.indexOf('0\r\n\r\n', bodyAt)
    return last < 0 ? undefined : last + 5
  }
  const length = bodyAt + Number(/^content-length: *(\d+)/im.exec(head)?.[1] ?? 0)
  return bytes.length < length ? undefined : length
}
