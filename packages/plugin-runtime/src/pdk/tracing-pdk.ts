/** A piece of work that is measured. Functions answer the span, so that calls can be chained. */
export interface Span {
  setAttribute(name: string, value: unknown): Span
  addEvent(name: string, attributes?: object, timeNs?: number): Span
  recordError(error: unknown): Span
  /** @param status 0 unset, 1 ok, 2 error */
  setStatus(status: number): Span
  finish(endTimeNs?: number): void
}

/** The functions of `kong.tracing`: what a host that traces hands over as `NodeFacts.tracing`. */
export interface Tracing {
  /** Begins a span below the one that is active, and makes it active. */
  startSpan(name: string, options?: object): Span
  createSpan(tracer: unknown, options?: object): Span
  activeSpan(): Span | undefined
  setActiveSpan(span: Span | undefined): void
  /** Calls `processor` with each finished span of the request. */
  processSpan(processor: (span: Span) => void): void
  linkSpan(span: Span, name?: string, options?: object): Span
  setShouldSample(isSampled: boolean): void
  getSamplingDecision(): boolean
}

/**
 * `kong.tracing` while tracing is off: one span that is nobody's, and takes anything.
 *
 * @see Kong Gateway docs, PDK reference, "kong.tracing"
 */
export class TracingPdk implements Tracing {
  startSpan(_name: string, _options?: object): Span {
    return NO_SPAN
  }

  createSpan(_tracer: unknown, _options?: object): Span {
    return NO_SPAN
  }

  activeSpan(): Span | undefined {
    return undefined
  }

  setActiveSpan(_span: Span | undefined): void {
    // There is nothing below which a span could be.
  }

  processSpan(_processor: (span: Span) => void): void {
    // There is no span to process.
  }

  linkSpan(_span: Span, _name?: string, _options?: object): Span {
    return NO_SPAN
  }

  setShouldSample(_isSampled: boolean): void {
    // Nothing is sampled.
  }

  /** False: nobody is going to see the spans. */
  getSamplingDecision(): boolean {
    return false
  }
}

const NO_SPAN: Span = Object.freeze({
  setAttribute: () => NO_SPAN,
  addEvent: () => NO_SPAN,
  recordError: () => NO_SPAN,
  setStatus: () => NO_SPAN,
  finish: () => undefined,
})

/** Shared by all requests: it knows nothing of any of them. */
export const TRACING_OFF: TracingPdk = new TracingPdk()
