// A long file, because it is one state machine: reading, answering and ending a connection change the
// same few fields. What is read is understood in `wire/`, what is written is made in server-exchange.ts.
import process from 'node:process'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { createBodyDecoder } from '../wire/body-decoder.ts'
import type { BodyDecoder, BodySink } from '../wire/body-sink.ts'
import { NEEDS_MORE } from '../wire/head-reader.ts'
import type { RequestHead } from '../wire/parse-request-head.ts'
import { Problem } from '../wire/problem.ts'
import { ReadBuffer } from '../wire/read-buffer.ts'
import {
  adoptSocket,
  adoptTlsSocket,
  bytesToSend,
  resetConnection,
  type SocketReader,
} from './adopt-socket.ts'
import { ConnectionDeadline } from './connection-deadline.ts'
import { type ConnectionFacts, SocketFacts } from './connection-facts.ts'
import { ServerExchange } from './server-exchange.ts'
import type { CutSign, ExchangeTransport } from './exchange-transport.ts'
import { RequestReader } from './request-reader.ts'
import type { OpenConnection, ServerState } from './server-state.ts'
import { UpgradedSocket } from './upgraded-socket.ts'

/**
 * One connection: takes requests off it, one at a time, and puts their answers on it.
 *
 * The next request is not looked at before the answer to the one before it has left. Node:http hands
 * over all requests of a packet at once: one client that pipelines can then use a server as if it
 * were a thousand, and a request is executed although the one before it failed.
 */
export class ServerConnection implements OpenConnection, SocketReader, BodySink, ExchangeTransport {
  readonly facts: ConnectionFacts
  bytesRead = 0
  bytesWritten = 0
  bytesReadBefore = 0
  bytesWrittenBefore = 0
  readonly readBuffer: ReadBuffer = new ReadBuffer()
  readonly #isTls: boolean
  readonly #socket: Socket
  readonly #server: ServerState
  readonly #heads: RequestReader
  readonly #deadline: ConnectionDeadline
  #decoder: BodyDecoder | undefined = undefined
  #exchange: ServerExchange | undefined = undefined
  #upgraded: UpgradedSocket | undefined = undefined
  /** Whose request it was that handed the connection over. */
  #upgrader: ServerExchange | undefined = undefined
  /** Bytes behind the request that is being answered. */
  #waiting: Buffer | undefined = undefined
  /** How much of the piece that is being read lies behind the current request. */
  #bytesBehind = 0
  #requests = 0
  /** Requests that were answered since others had their turn. */
  #streak = 0
  /** The client has sent FIN. */
  #hasInputEnded = false
  /** Our FIN is sent, or about to be, or a reset: what the client still sends is dropped. */
  #isEnding = false
  /** Set when an answer was cut: what tells the client so. */
  #cutSign: CutSign | undefined = undefined
  #isPaused = false
  /** Somebody waits for what was written to leave. */
  #awaitsDrain = false
  /** The handler is on the stack: what it did is looked at when it returns. */
  #isInside = false
  #isScheduled = false
  #droppedBytes = 0

  constructor(accepted: Socket, isTls: boolean, server: ServerState) {
    this.#server = server
    this.#isTls = isTls
    this.#heads = new RequestReader(server.limits, server.checks)
    this.#deadline = new ConnectionDeadline(server.clock, server.limits)
    this.#deadline.waitFor('first-head')
    server.counts.accepted += 1
    server.counts.active += 1
    server.connections.add(this)
    const socket = isTls ? adoptTlsSocket(accepted, this) : adoptSocket(accepted, this)
    this.#socket = socket
    this.facts = new SocketFacts(socket)
    if (isTls) socket.on('drain', () => this.#exchange?.listener?.onDrain?.())
    socket.on('end', () => this.#onInputEnd())
    // Node ends no connection of TLS whose client renegotiates too often, and tells of it here.
    socket.on('error', () => socket.destroy())
    socket.on('close', () => this.#onClosed())
  }

  get dateLine(): string {
    return this.#server.clock.dateLine
  }

  get isLast(): boolean {
    return (
      this.#server.isClosing ||
      this.#requests >= this.#server.limits.maxRequestsPerConnection ||
      this.#isDry
    )
  }

  /** Nothing more will come, and nothing is there. */
  get #isDry(): boolean {
    return this.#hasInputEnded && this.#waiting === undefined && this.#bytesBehind === 0
  }

  onBytes(buffer: Buffer, length: number): void {
    if (this.#waiting !== undefined) {
      this.#stash(buffer.subarray(0, length), false)
      return
    }
    this.#streak = 0
    this.#read(buffer, 0, length, false)
  }

  /** @param isOwned whether the buffer stays as it is when this call has returned */
  #read(buffer: Buffer, from: number, to: number, isOwned: boolean): void {
    let at = from
    while (at < to) {
      if (this.#isEnding) return this.#drop(to - at)
      if (this.#upgraded !== undefined) {
        this.bytesRead += to - at
        return this.#upgraded.onBytes(this.readBuffer.keep(buffer.subarray(at, to)))
      }
      if (this.#decoder !== undefined) {
        const after = this.#decoder.push(buffer, at, to, this)
        this.bytesRead += after - at
        at = after
        this.#bytesBehind = to - at
        this.#deadline.touchBody()
      } else if (this.#exchange !== undefined || this.#isTiring()) {
        return this.#stash(buffer.subarray(at, to), isOwned)
      } else {
        at = this.#readHead(buffer, at, to)
        if (at < 0) return
      }
    }
  }

  /** The index behind the head, or -1 where there is nothing more to do for now. */
  #readHead(buffer: Buffer, from: number, to: number): number {
    const heads = this.#heads
    const after = heads.push(buffer, from, to)
    this.bytesRead += (after >= 0 ? after : to) - from
    if (after === NEEDS_MORE) {
      if (heads.hasBegun) this.#deadline.beginHead()
      return -1
    }
    this.#bytesBehind = after >= 0 ? to - after : 0
    const { head } = heads
    if (head instanceof Problem) this.#refuse(head)
    else this.#begin(head)
    return after
  }

  #begin(head: RequestHead): void {
    const { limits, counts, upgradeProtocols } = this.#server
    this.#requests += 1
    this.#streak += 1
    counts.requests += 1
    counts.answering += 1
    const { framing } = head
    const hasBody = framing.kind !== 'none'
    if (hasBody) this.#decoder = createBodyDecoder(framing, limits)
    const canUpgrade =
      head.upgrade !== '' && !hasBody && upgradeProtocols.has(head.upgrade.toLowerCase())
    const exchange = new ServerExchange(this, head, canUpgrade, this.#heads.memo)
    this.#exchange = exchange
    this.#droppedBytes = 0
    this.#deadline.waitFor('nothing')
    this.#isInside = true
    try {
      this.#server.onRequest(exchange)
    } finally {
      this.#isInside = false
    }
    this.#settle()
  }

  // --- what the decoder of a body finds -------------------------------------------------------

  onData(chunk: Buffer): void {
    const exchange = this.#exchange as ServerExchange
    exchange.stopAwaitingContinue()
    if (exchange.isEnded || exchange.requestBody.destroyed) this.#drop(chunk.length)
    else if (!exchange.requestBody.push(this.readBuffer.keep(chunk))) this.#pause()
  }

  onEnd(rawTrailers: readonly string[]): void {
    const exchange = this.#exchange as ServerExchange
    this.#decoder = undefined
    this.#deadline.waitFor(this.#hasInputEnded ? 'half-closed' : 'nothing')
    if (exchange.isEnded) this.schedule()
    else {
      exchange.requestBody.rawTrailers = rawTrailers
      exchange.requestBody.push(null)
    }
  }

  onProblem(problem: Problem): void {
    this.#decoder = undefined
    this.#refuse(problem)
  }

  // --- what an exchange asks for ---------------------------------------------------------------

  send(data: string | Uint8Array): boolean {
    this.bytesWritten += data.length
    this.#write(data)
    return this.#canGoOn()
  }

  #write(data: string | Uint8Array): void {
    const socket = this.#socket
    // A socket that is gone tells so by its close event.
    if (this.#isTls) socket.write(data, 'latin1', this.#onTlsWritten)
    else if (typeof data === 'string') socket.write(data, 'latin1')
    else socket.write(data)
  }

  /** With TLS nothing leaves at once, so that each write tells when it has. */
  readonly #onTlsWritten = (error?: Error | null): void => {
    const exchange = this.#exchange
    if (error == null && exchange?.isEnded === true && this.#socket.writableLength === 0) {
      this.settle()
    }
  }

  sendAll(before: string, chunk: Uint8Array, after: string): boolean {
    const socket = this.#socket
    this.bytesWritten += before.length + chunk.length + after.length
    socket.cork()
    if (before !== '') socket.write(before, 'latin1')
    if (after === '') this.#write(chunk)
    else {
      socket.write(chunk)
      this.#write(after)
    }
    socket.uncork()
    return this.#canGoOn()
  }

  /** Whether the system has taken all that was written; with TLS, whether it does not lag behind. */
  #canGoOn(): boolean {
    const socket = this.#socket
    if (this.#isTls) return !socket.writableNeedDrain
    if (socket.writableLength === 0) return true
    if (this.#awaitsDrain) return false
    this.#awaitsDrain = true
    socket.write('', (error) => {
      this.#awaitsDrain = false
      if (error == null) this.#exchange?.listener?.onDrain?.()
    })
    return false
  }

  wantBody(): void {
    const exchange = this.#exchange
    if (exchange === undefined || this.#decoder === undefined) return
    exchange.askForBody()
    this.#resume()
    if (this.#deadline.wait !== 'linger') this.#deadline.waitFor('body')
  }

  run(work: () => void): void {
    // What the decoder hands over may be what has called this: nothing may end under it.
    if (this.#isInside || this.#decoder !== undefined) return work()
    this.#isInside = true
    try {
      work()
    } finally {
      this.#isInside = false
    }
    this.#settle()
  }

  schedule(): void {
    if (this.#isInside || this.#isScheduled) return
    this.#isScheduled = true
    process.nextTick(settleLater, this)
  }

  cut(exchange: ServerExchange, sign: CutSign): void {
    if (this.#upgrader === exchange) return this.destroy()
    if (this.#exchange !== exchange || this.#cutSign !== undefined) return
    this.#cutSign = sign
    // Later, as whoever has called may not be done with the exchange.
    process.nextTick(endCutLater, this)
  }

  upgrade(): Duplex {
    const upgraded = new UpgradedSocket(this.#socket, (bytes) => {
      this.bytesWritten += bytes
    })
    this.#upgraded = upgraded
    this.#upgrader = this.#exchange
    this.#deadline.waitFor('nothing')
    const waiting = this.#waiting
    this.#waiting = undefined
    this.#over(false)
    if (waiting !== undefined) this.#read(waiting, 0, waiting.length, true)
    if (this.#hasInputEnded) upgraded.onInputEnd()
    else this.#resume()
    return upgraded
  }

  // --- after an answer -------------------------------------------------------------------------

  /** Looks at what the handler has done. For `schedule`. */
  settle(): void {
    this.#settle()
    this.#isScheduled = false
    // The next request may be here already.
    this.#takeUp()
  }

  #settle(): void {
    const exchange = this.#exchange
    if (exchange === undefined || this.#socket.destroyed) return
    exchange.flushHead()
    if (!exchange.isEnded) return
    if (this.#decoder !== undefined) return this.#letGoOfBody(exchange)
    if (this.#socket.writableLength > 0) {
      // Called when all that was written before has left.
      if (!this.#isTls)
        this.#socket.write('', (error) => {
          if (error == null) this.#complete(exchange)
        })
      return
    }
    this.#complete(exchange)
  }

  /**
   * A body that nobody has read keeps the connection from its next request: a short one is read to
   * its end, so that the client gets to see the answer. A longer one is not worth the connection,
   * which then ends behind the answer.
   */
  #letGoOfBody(exchange: ServerExchange): void {
    if (!exchange.keepsAlive || this.#droppedBytes > LINGER_BYTES) return this.#complete(exchange)
    if (this.#deadline.wait !== 'linger') {
      this.#deadline.waitFor('linger')
      exchange.giveUpBody()
    }
    this.#resume()
  }

  #complete(exchange: ServerExchange): void {
    if (this.#exchange !== exchange) return
    const isWithinBody = this.#decoder !== undefined
    const goesOn = exchange.keepsAlive && !isWithinBody && !this.#isDry
    this.#over(true)
    if (!goesOn || this.#server.isClosing) return this.#end()
    this.readBuffer.rest()
    this.#heads.rest()
    this.#deadline.waitFor('next-request')
    if (this.#waiting !== undefined || this.#isPaused) this.schedule()
  }

  /** Takes the exchange off the connection. */
  #over(finished: boolean): void {
    const exchange = this.#exchange
    if (exchange === undefined) return
    this.#exchange = undefined
    this.#server.counts.answering -= 1
    if (this.#upgraded !== undefined) return
    exchange.close(finished)
    this.bytesReadBefore = this.bytesRead
    this.bytesWrittenBefore = this.bytesWritten
  }

  /** Reads on where the last request ended. */
  #takeUp(): void {
    if (this.#exchange !== undefined || this.#isEnding || this.#socket.destroyed) return
    const waiting = this.#waiting
    if (waiting !== undefined) {
      this.#waiting = undefined
      this.#read(waiting, 0, waiting.length, true)
      if (this.#hasInputEnded && !this.#isEnding && this.#upgraded === undefined) {
        this.#expectNothing()
      }
    }
    if (this.#exchange === undefined && this.#waiting === undefined) this.#resume()
  }

  /** Whether it is the turn of others: the rest waits for the next turn of the event loop. */
  #isTiring(): boolean {
    if (this.#streak < this.#server.limits.maxPipelinedRequests) return false
    setImmediate(() => {
      this.#streak = 0
      this.#takeUp()
    })
    return true
  }

  #stash(bytes: Buffer, isOwned: boolean): void {
    this.#bytesBehind = 0
    if (this.#waiting !== undefined) this.#waiting = Buffer.concat([this.#waiting, bytes])
    else this.#waiting = isOwned ? bytes : Buffer.from(bytes)
    if (this.#waiting.length >= this.#server.limits.maxPipelinedBytes) this.#pause()
  }

  // --- refusing and ending ---------------------------------------------------------------------

  /** Answers what cannot be read. Nobody can answer a request whose body does not come to its end. */
  #refuse(problem: Problem): void {
    const { counts, onRefused } = this.#server
    const broken = this.#exchange
    if (broken !== undefined) {
      if (broken.hasSentHead) return broken.abort()
      this.#over(false)
    }
    counts.requests += 1
    counts.answering += 1
    this.#decoder = undefined
    this.#waiting = undefined
    const exchange = new ServerExchange(this, undefined, false, { value: undefined })
    this.#exchange = exchange
    this.#deadline.waitFor('nothing')
    const wasInside = this.#isInside
    this.#isInside = true
    try {
      onRefused(exchange, problem)
    } finally {
      this.#isInside = wasInside
    }
    this.#settle()
  }

  /** Ends the connection where an answer was cut. For `cut`. */
  endCut(): void {
    // Then `#onClosed` is about to be called, or was.
    if (this.#socket.destroyed) return
    this.#over(false)
    const isFirst = this.#requests === 1
    // Also before a reset: with TLS bytes that have arrived are told of until the socket hears of it.
    this.#end()
    if (this.#cutSign === 'reset' && isFirst) this.destroy()
  }

  /**
   * Sends FIN after what was written, and drops what comes until the client has seen it. A connection
   * that is closed at once is reset by what has not been read of it, or comes later, and with that go
   * the answers that are on their way.
   *
   * A reset comes instead of FIN where only that can tell that the last answer is not whole: as nobody
   * tells when the answers before it have arrived, when the time to linger is up.
   */
  #end(): void {
    if (this.#isEnding) return
    this.#isEnding = true
    this.#decoder = undefined
    this.#waiting = undefined
    this.#deadline.waitFor('linger')
    if (this.#cutSign !== 'reset') {
      if (this.#hasInputEnded) this.#socket.destroySoon()
      else this.#socket.end()
    }
    this.#resume()
  }

  /**
   * Reads no more where it is too much: a client that has seen the end of the answers closes. Where an
   * answer is still under way, it is looked at afterwards what is left of its request.
   */
  #drop(bytes: number): void {
    this.#droppedBytes += bytes
    if (this.#droppedBytes <= LINGER_BYTES) return
    this.#pause()
    // Later, as the decoder of the body may not be done with what it was given.
    if (!this.#isEnding) this.schedule()
  }

  #onInputEnd(): void {
    this.#hasInputEnded = true
    if (this.#upgraded !== undefined) this.#upgraded.onInputEnd()
    else if (!this.#isEnding) this.#expectNothing()
    else if (this.#cutSign !== 'reset') this.#socket.destroySoon()
  }

  /** Ends, refuses or answers what is here: nothing more will come. */
  #expectNothing(): void {
    if (this.#decoder !== undefined) this.#decoder.finish(this)
    else if (this.#exchange !== undefined) this.#deadline.waitFor('half-closed')
    else if (this.#heads.hasBegun) this.#refuse(HEAD_CUT)
    else if (this.#waiting === undefined) this.#end()
  }

  #onClosed(): void {
    const { counts, connections } = this.#server
    connections.delete(this)
    counts.active -= 1
    this.#decoder = undefined
    this.#waiting = undefined
    this.#over(false)
    this.#server.onGone?.()
  }

  /** Closes the connection where nothing is under way on it. For the end of the server. */
  endIfIdle(): void {
    const isBusy =
      this.#exchange !== undefined || this.#upgraded !== undefined || this.#waiting !== undefined
    if (!isBusy && !this.#heads.hasBegun) this.#end()
  }

  destroy(): void {
    if (this.#cutSign === 'reset') resetConnection(this.#socket)
    else this.#socket.destroy()
  }

  // --- time ------------------------------------------------------------------------------------

  /** Ends what has taken too long. Called twice a second. */
  sweep(nowMs: number): void {
    const isStuck = this.#deadline.isSendingStuck(nowMs, bytesToSend(this.#socket))
    if (isStuck && this.#upgraded === undefined) return this.destroy()
    const passed = this.#deadline.takePassed(nowMs)
    if (passed === undefined || passed === 'nothing') return
    if (passed === 'head') this.#refuse(HEAD_LATE)
    else if (passed === 'first-head' || passed === 'next-request') this.#end()
    else if (passed === 'body') this.#refuseLateBody()
    // Once the answer has begun, a client that has gone answers it with a reset.
    else if (passed === 'linger' || this.#exchange?.hasSentHead !== true) this.destroy()
  }

  /** A client cannot send where we do not read. */
  #refuseLateBody(): void {
    if (!this.#isPaused) this.#refuse(BODY_LATE)
  }

  #pause(): void {
    if (this.#isPaused) return
    this.#isPaused = true
    this.#socket.pause()
  }

  #resume(): void {
    if (!this.#isPaused) return
    this.#isPaused = false
    this.#socket.resume()
  }
}

function settleLater(connection: ServerConnection): void {
  connection.settle()
}

function endCutLater(connection: ServerConnection): void {
  connection.endCut()
}

/** How much of what nobody wants is read, in bytes. */
const LINGER_BYTES = 1024 * 1024

const HEAD_CUT = new Problem(400, 'the connection ended within a head')
const HEAD_LATE = new Problem(408, 'the head took too long')
const BODY_LATE = new Problem(408, 'the body took too long')
