// The router: which Route takes a request.
export { createRouter, type Router, type RouterOptions } from './router.ts'
export type { RouterWarning } from './router-warning.ts'
export type { Captures, Match, MatchRequest } from './match.ts'
export type { AddressFields, RoutedService, RouteFields, ServiceFields } from './routed-service.ts'

// The same for streams: TCP, TLS, UDP.
export { createStreamRouter, type StreamRequest, type StreamRouter } from './stream-router.ts'

// Paths: the form the router compares, and the one sent to the Service.
export { normalizePath } from './normalize-path.ts'
export { upstreamPath } from './upstream-path.ts'
