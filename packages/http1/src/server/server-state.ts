import type { CoarseClock } from '../wire/coarse-clock.ts'
import type { Problem } from '../wire/problem.ts'
import type { ServerExchange } from './server-exchange.ts'
import type { ServerLimits } from './server-limits.ts'

/** What all connections of a server share. */
export interface ServerState {
  readonly limits: ServerLimits
  readonly clock: CoarseClock
  readonly checks: { readonly checksTarget: boolean }
  readonly upgradeProtocols: ReadonlySet<string>
  readonly onRequest: (exchange: ServerExchange) => void
  readonly onRefused: (exchange: ServerExchange, problem: Problem) => void
  readonly counts: { accepted: number; active: number; requests: number; answering: number }
  readonly connections: Set<OpenConnection>
  /** Answers are the last on their connections from now on. */
  isClosing: boolean
  /** Called when a connection has ended. */
  onGone: (() => void) | undefined
}

/** What a server does to its connections. */
export interface OpenConnection {
  /** Ends what has taken too long. Called twice a second. */
  sweep(nowMs: number): void
  /** Closes the connection where nothing is under way on it. For the end of the server. */
  endIfIdle(): void
  destroy(): void
}
