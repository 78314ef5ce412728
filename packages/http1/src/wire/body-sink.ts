import { Problem } from './problem.ts'

/** Hears what a decoder finds. Nothing follows `onEnd` and `onProblem`. */
export interface BodySink {
  /**
   * A piece of the body, never empty. It is a view on what was pushed and belongs to the caller
   * again when the call returns: whoever needs it for longer takes `keep(chunk)`.
   */
  onData(chunk: Buffer): void
  /** @param rawTrailers name, value, name, value; empty where there are none */
  onEnd(rawTrailers: readonly string[]): void
  onProblem(problem: Problem): void
}

/** Takes the bytes of a body out of its framing. */
export interface BodyDecoder {
  /** Whether the body has ended, or cannot be read any further. */
  readonly isDone: boolean
  /** Decodes from `from` to `to` and answers the index behind what belonged to the body. */
  push(buffer: Buffer, from: number, to: number, sink: BodySink): number
  /** Tells that the connection has ended: that is the end of the body, or a problem. */
  finish(sink: BodySink): void
}

export const NO_TRAILERS: readonly string[] = Object.freeze([])
export const BODY_CUT: Problem = new Problem(400, 'the connection ended within a body')
