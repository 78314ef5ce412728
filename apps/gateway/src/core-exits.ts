import type { ExitReasonFacts, ExitReasons } from '@postern/pdk-response'
import type { CoreExit } from './exit-with.ts'

/**
 * Every answer that the gateway makes itself, by its reason: the one place for status, text and
 * kind. docs/exit-reasons.md and the types of exit-transformer are made from this table.
 */
const table = {
  'request.malformed': {
    status: 400,
    when: 'The request is no HTTP, or its framing is broken.',
    kind: 'unexpected',
    isRouteKnown: 'sometimes',
  },
  'request.timeout': {
    status: 408,
    when: 'The head of the request took too long to come, or its body did.',
    kind: 'unexpected',
    isRouteKnown: 'sometimes',
  },
  'request.headers_too_large': {
    status: 431,
    when: 'The head of the request has too many bytes, or its trailers have. Kong: 494.',
    kind: 'unexpected',
    isRouteKnown: 'sometimes',
  },
  'request.too_many_headers': {
    status: 431,
    when: 'The request has more than 200 header lines.',
    kind: 'unexpected',
    isRouteKnown: 'never',
  },
  'request.target_too_long': {
    status: 414,
    when: 'The request target has more than 8,192 bytes.',
    kind: 'unexpected',
    isRouteKnown: 'never',
  },
  'request.bad_target': {
    status: 400,
    when: 'The request target is neither a path nor a whole URL, or has a fragment.',
    kind: 'unexpected',
    isRouteKnown: 'never',
  },
  'request.bad_path': {
    status: 400,
    when: 'The path has a `..` in disguise, such as `..%2f`, or leads above the root, or has a `%` that encodes nothing.',
    kind: 'unexpected',
    isRouteKnown: 'never',
  },
  'request.bad_host': {
    status: 400,
    when: 'The Host header is missing, is there twice, or is no host.',
    kind: 'unexpected',
    isRouteKnown: 'never',
  },
  'request.bad_version': {
    status: 505,
    when: 'The request is neither HTTP/1.1 nor HTTP/1.0.',
    kind: 'unexpected',
    isRouteKnown: 'never',
  },
  'request.max_forwards': {
    status: 200,
    message: 'OK',
    kind: 'unknown',
    when: 'An OPTIONS request has `Max-Forwards: 0`. Has no body.',
    isRouteKnown: 'never',
  },
  'request.method_refused': {
    status: 405,
    when: 'The method is TRACE or CONNECT.',
    kind: 'unexpected',
    isRouteKnown: 'never',
  },
  'request.coding_unknown': {
    status: 501,
    when: 'Transfer-Encoding is something else than `chunked`.',
    kind: 'unexpected',
    isRouteKnown: 'never',
  },
  'request.too_large': {
    status: 413,
    when: 'The body of the request is larger than `client_max_body_size`, or than `client_body_buffer_max` where a plugin wants it whole; or its chunk extensions are too long.',
    kind: 'unexpected',
    isRouteKnown: 'sometimes',
  },
  'request.body_broken': {
    status: 400,
    when: 'The body of the request broke off, or its framing is broken.',
    kind: 'unexpected',
  },
  'router.no_route': {
    status: 404,
    message: 'no Route matched with those values',
    when: 'No Route takes the request.',
    kind: 'unknown',
    isRouteKnown: 'never',
  },
  'router.no_service': {
    status: 503,
    message: 'no Service found with those values',
    when: 'The Route has no Service, and no plugin told where the request goes.',
  },
  'router.https_required': {
    status: 426,
    message: 'Please use HTTPS protocol',
    when: 'The Route speaks HTTPS only, and the request came without.',
  },
  'router.https_redirect': {
    status: [301, 302, 307, 308],
    when: 'The same on a Route whose `https_redirect_status_code` is a redirect. Has a Location, no body.',
  },
  'router.http2_required': {
    status: 426,
    message: 'Please use HTTP2 protocol',
    when: 'A gRPC request came to a gRPC Route over HTTP/1.1.',
  },
  'router.not_grpc': {
    status: 415,
    message: 'Non-gRPC request matched gRPC route',
    when: 'Another request came to a gRPC Route.',
  },
  'upstream.dns': {
    status: 503,
    message: 'name resolution failed',
    when: 'The name of the host does not resolve.',
  },
  'upstream.no_target': {
    status: 503,
    message: 'failure to get a peer from the ring-balancer',
    when: 'The Upstream has no healthy Target.',
  },
  'upstream.refused': {
    status: 502,
    when: 'No connection to the Service could be made.',
    kind: 'unexpected',
  },
  'upstream.connect_timeout': {
    status: 504,
    when: 'The Service did not take a connection within `connect_timeout`.',
    kind: 'unexpected',
  },
  'upstream.timeout': {
    status: 504,
    when: 'The Service was silent for longer than `read_timeout` or `write_timeout`.',
    kind: 'unexpected',
  },
  'upstream.reset': {
    status: 502,
    when: 'The Service closed the connection before it answered.',
    kind: 'unexpected',
  },
  'upstream.invalid': {
    status: 502,
    when: 'What the Service sent is no HTTP response.',
    kind: 'unexpected',
  },
  'upstream.aborted': {
    status: 502,
    when: 'The exchange with the Service was given up.',
    kind: 'unexpected',
  },
  'upstream.too_large': {
    status: 502,
    when: 'A plugin wants the response as a whole, and it is larger than `client_body_buffer_max`.',
    kind: 'unexpected',
  },
  'upstream.protocol': {
    status: 502,
    when: 'The Service has a protocol that cannot be spoken here.',
    kind: 'unexpected',
  },
  'gateway.failure': {
    status: 500,
    when: 'A fault of the gateway itself, which may be one in making answers.',
    kind: 'unexpected',
    reachesFunctions: false,
  },
} as const satisfies ExitReasons

/** A reason of the gateway itself. */
export type CoreReason = keyof typeof table

/** The table, for documentation. */
export const CORE_EXIT_REASONS: Readonly<Record<CoreReason, ExitReasonFacts>> = table

/** Reasons with one status: all but the redirect, whose Route chooses. */
type CoreExitReason = Exclude<CoreReason, 'router.https_redirect'>

/** The Exit of a reason, with headers of its own where it has any. Made once, when a file is loaded. */
export function coreExit(reason: CoreExitReason, headers?: CoreExit['headers']): CoreExit {
  const { status, message, kind = 'ordinary' }: CoreFacts = table[reason]
  return {
    status,
    reason,
    kind,
    ...(message !== undefined && { message }),
    ...(headers !== undefined && { headers }),
  }
}

type CoreFacts = ExitReasonFacts & { readonly status: number }
