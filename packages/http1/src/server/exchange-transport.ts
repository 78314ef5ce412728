import type { Duplex } from 'node:stream'
import type { ConnectionFacts } from './connection-facts.ts'
import type { ServerExchange } from './server-exchange.ts'

/** What an exchange needs of its connection. */
export interface ExchangeTransport {
  readonly facts: ConnectionFacts
  readonly dateLine: string
  /** Whether this answer is the last one on the connection, whatever it says itself. */
  readonly isLast: boolean
  /** Bytes of the connection so far; those that were read ahead are not counted yet. */
  readonly bytesRead: number
  readonly bytesWritten: number
  /** The same when the exchange before this one was over. */
  readonly bytesReadBefore: number
  readonly bytesWrittenBefore: number
  /** Answers false when the client is slow. */
  send(data: string | Uint8Array): boolean
  /** Several pieces as one. */
  sendAll(before: string, chunk: Uint8Array, after: string): boolean
  /** The body of the request is wanted. */
  wantBody(): void
  /** Something was done that the connection has to look at, now or when the current call returns. */
  schedule(): void
  /** Does work that may schedule, and looks at what it has done when it returns. */
  run(work: () => void): void
  /**
   * Ends the connection within the answer of an exchange, where it is the one that is being answered.
   * The answers before it get to the client first.
   */
  cut(exchange: ServerExchange, sign: CutSign): void
  /** Hands the connection over. */
  upgrade(): Duplex
}

/** What tells the client that an answer is not whole: that nothing more comes, or that only a reset can. */
export type CutSign = 'end' | 'reset'
