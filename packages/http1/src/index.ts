export { http1Errors } from './errors.ts'

// Bytes: heads, bodies, and how much of them is read.
export { createBodyDecoder } from './wire/body-decoder.ts'
export type { BodyDecoder, BodySink } from './wire/body-sink.ts'
export type { FieldMemo } from './wire/field-memo.ts'
export type { Framing } from './wire/framing.ts'
export { HeadReader, IS_BROKEN, NEEDS_MORE } from './wire/head-reader.ts'
export { DEFAULT_WIRE_LIMITS, type WireLimits } from './wire/limits.ts'
export {
  parseRequestHead,
  type RequestChecks,
  type RequestHead,
} from './wire/parse-request-head.ts'
export { parseResponseHead, type ResponseHead } from './wire/parse-response-head.ts'
export { flatText } from './wire/flat-text.ts'
export { PreparedFields } from './wire/prepared-fields.ts'
export { Problem } from './wire/problem.ts'
export { writeRequestHead, writeResponseHead } from './wire/write-head.ts'

// The client.
export { createClient, type ClientOptions } from './client/client.ts'
export type {
  ClientBody,
  ClientExchange,
  ClientFailure,
  ClientFailureKind,
  ClientHandler,
  ClientRequest,
  Http1Client,
} from './client/client-request.ts'
export {
  type CachedLookupOptions,
  createCachedLookup,
  type Lookup,
} from './client/cached-lookup.ts'
export { checkDepth } from './client/check-depth.ts'
export { LENT_BYTES } from './client/exchange.ts'
export type { ResponseLimits } from './client/response-reader.ts'

// The server.
export type { ConnectionFacts } from './server/connection-facts.ts'
export {
  createHttp1Server,
  type Http1ListenAddress,
  type Http1Server,
  type Http1ServerCounts,
  type Http1ServerOptions,
} from './server/http1-server.ts'
export type { ExchangeListener, ServerExchange } from './server/server-exchange.ts'
export { DEFAULT_SERVER_LIMITS, type ServerLimits } from './server/server-limits.ts'

// For servers that answer for Host themselves.
export { isHost } from './wire/request-target.ts'
