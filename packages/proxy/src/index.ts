// The client side: what sends a request to an address. Clients can be exchanged.
export type {
  BodySource,
  UpstreamClient,
  UpstreamExchange,
  UpstreamFailure,
  UpstreamHandler,
  UpstreamRequest,
} from './upstream-client.ts'
export { createHttp1Client, type Http1ClientOptions } from './http1-client.ts'
export { createUndiciClient, type UndiciClientOptions } from './undici-client.ts'

// Where to send it, and again when that failed.
export {
  type Address,
  type BalancedTarget,
  type BalancedUpstream,
  type BalancerOptions,
  type Balancers,
  compileBalancers,
} from './balancers.ts'
export { type RetriedRequest, sendWithRetries } from './send-with-retries.ts'

// Headers on their way through a proxy.
export {
  type ConnectionHeaderFacts,
  hostHeader,
  ownRequestHeaders,
  type RequestHeaderFacts,
  requestHeaders,
  type SaidOfRequest,
  type SharedRequestHeaders,
  sharedRequestHeaders,
} from './request-headers.ts'
export { type ResponseHeaderFacts, responseHeaders } from './response-headers.ts'
export { acceptsTrailers, trailers } from './trailers.ts'
