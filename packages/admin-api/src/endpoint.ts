import type { RequestBody } from './request-body.ts'

/** A request as handlers see it. */
export interface AdminRequest {
  /** The variable parts of the path, decoded. */
  readonly params: Readonly<Record<string, string>>
  readonly query: URLSearchParams
  /** Read before the handler runs; empty for GET and DELETE. */
  readonly body: RequestBody
}

/** What a handler answers. */
export interface Reply {
  readonly status: number
  /** Goes out as JSON; nothing for 204. */
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

/** Answers one method of one path. Throws a Refusal for everything that is not fine. */
export type Handler = (request: AdminRequest) => Reply | Promise<Reply>

/** The methods an endpoint can have; HEAD and OPTIONS come by themselves. */
export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

/** A path with its methods. Variable parts are written `:name`. */
export interface Endpoint {
  readonly path: string
  readonly methods: Readonly<Partial<Record<Method, Handler>>>
}

/** The value of a variable part of the path. */
export function paramOf({ params }: AdminRequest, name: string): string {
  return params[name] ?? ''
}

/** 200 with a body. */
export function ok(body: unknown): Reply {
  return { status: 200, body }
}

export const NO_CONTENT: Reply = { status: 204 }
