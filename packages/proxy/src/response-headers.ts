/** What the headers to a client depend on. */
export interface ResponseHeaderFacts {
  /** This hop for Via, `1.1 postern/0.1.0`; undefined adds nothing. */
  readonly via: string | undefined
  /** Server, where the Service sent none; undefined adds nothing. */
  readonly server: string | undefined
  /** Whether the client said `TE: trailers`, so that Trailer may stay. */
  readonly acceptsTrailers: boolean
  /** The protocol that the connection switches to with this answer, `websocket`. */
  readonly upgrade: string | undefined
}

/** The headers of a Service's response as they go to the client, without those about the hop. */
export function responseHeaders(raw: readonly string[], facts: ResponseHeaderFacts): string[] {
  throw new Error(`${raw.length} ${facts.via}`)
}
