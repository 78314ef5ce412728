import { type LogFacts, PhaseContext, type PhaseContextInit } from '@postern/plugin-runtime'

/** A request of a test, with the times of it that only a host knows. */
export class TestedContext extends PhaseContext {
  /** Milliseconds since 1970, as the test tells it. */
  readonly now: () => number
  /** When the request was handed to the Service, and answered; 0 when it was not. */
  proxiedAtMs: number
  answeredAtMs: number

  constructor(init: PhaseContextInit, now: () => number) {
    super(init)
    this.now = now
    this.proxiedAtMs = 0
    this.answeredAtMs = 0
  }

  override logFacts(): LogFacts {
    const { proxiedAtMs, answeredAtMs } = this
    return { finishedAtMs: this.now(), proxiedAtMs, answeredAtMs }
  }
}
