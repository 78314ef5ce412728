import { HeaderList } from './header-list.ts'

/** The piece of a body that body_filter handlers are looking at, and what was kept back so far. */
export interface BodyFilterState {
  /** What goes out for this pass. Undefined: withheld until the last pass. */
  chunk: Uint8Array | undefined
  /** No piece follows this one. */
  last: boolean
  /** Pieces kept back by `getRawBody`, in order. */
  collected: Uint8Array[]
  /** A plugin has given the whole body: pieces that still arrive are dropped. */
  replaced: boolean
}

/** The response to the client while it is being made. One for each request. */
export interface ResponseState {
  status: number
  headers: HeaderList
  /**
   * The body of an Exit, ready to be sent. `undefined` while the Service's body is what the
   * client gets.
   */
  body: string | Uint8Array | undefined
  /** From here on status and headers are fixed. Set by the host. */
  headSent: boolean
  /** The server itself failed, or a plugin did. Set by `renderExit`, or by the host. */
  unexpected: boolean
  /** `exit` or `error` was called, by a plugin or by the host. */
  exited: boolean
  /** The request is about to go to the Service, or has gone there. Set by the host. */
  proxied: boolean
  /** Set while body_filter runs. */
  bodyFilter: BodyFilterState | undefined
}

/** The state in which every response begins: 200, no headers, nothing decided. */
export function createResponseState(): ResponseState {
  return {
    status: 200,
    headers: new HeaderList(),
    body: undefined,
    headSent: false,
    unexpected: false,
    exited: false,
    proxied: false,
    bodyFilter: undefined,
  }
}

/** Where a response came from, as `kong.response.get_source` tells it. */
export type ResponseSource = 'service' | 'exit' | 'error'

/** Tells where the response comes from. Kong: unexpected before exited before proxied. */
export function sourceOf(state: ResponseState): ResponseSource {
  if (state.unexpected) return 'error'
  if (state.exited) return 'exit'
  return state.proxied ? 'service' : 'error'
}
