import { EXIT_OF_FAILURE } from '../exit-of-failure.ts'
import type { CoreExit } from '../exit-with.ts'

/** An exit as the gateway or one of its plugins makes it, before the request has given it a form. */
export interface KnownExit extends CoreExit {
  readonly phase?: string
  readonly plugin?: string
}

/**
 * What is answered for a reason, so that a trial need not tell more than the reason.
 * apps/gateway/test/known-exits.test.ts asks a gateway for them.
 */
export function knownExit(reason: string): KnownExit | undefined {
  return EXIT_OF_REASON.get(reason)
}

/** Every reason that `knownExit` knows. */
export function knownReasons(): readonly string[] {
  return [...EXIT_OF_REASON.keys()]
}

const FAILED = 'unexpected'
const CHALLENGE = { 'WWW-Authenticate': 'Key' }
const KEY_AUTH = { status: 401, phase: 'access', plugin: 'key-auth', headers: CHALLENGE } as const

const EXITS: readonly KnownExit[] = [
  { ...KEY_AUTH, reason: 'key-auth.no_key', message: 'No API key found in request' },
  { ...KEY_AUTH, reason: 'key-auth.invalid_key', message: 'Unauthorized' },
  { ...KEY_AUTH, reason: 'key-auth.duplicate_key', message: 'Duplicate API key found' },
  {
    status: 404,
    reason: 'router.no_route',
    message: 'no Route matched with those values',
    kind: 'unknown',
  },
  { status: 503, reason: 'router.no_service', message: 'no Service found with those values' },
  {
    status: 426,
    reason: 'router.https_required',
    message: 'Please use HTTPS protocol',
    headers: { Connection: 'Upgrade', Upgrade: 'TLS/1.2, HTTP/1.1' },
  },
  ...Object.values(EXIT_OF_FAILURE),
  { status: 400, reason: 'request.malformed', kind: FAILED, phase: 'rewrite' },
  { status: 400, reason: 'request.bad_host', kind: FAILED, phase: 'rewrite' },
  { status: 408, reason: 'request.timeout', kind: FAILED, phase: 'rewrite' },
  { status: 413, reason: 'request.too_large', kind: FAILED },
  { status: 414, reason: 'request.target_too_long', kind: FAILED, phase: 'rewrite' },
  { status: 431, reason: 'request.headers_too_large', kind: FAILED, phase: 'rewrite' },
]

const EXIT_OF_REASON: ReadonlyMap<string, KnownExit> = new Map(
  EXITS.map((exit) => [exit.reason, exit]),
)
