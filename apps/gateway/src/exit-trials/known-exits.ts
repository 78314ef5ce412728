import type { CoreExit } from '../exit-with.ts'
import { BUNDLED_PLUGINS } from '../bundled-plugins.ts'
import { knownExitReasons } from '../document-exit-reasons.ts'

/** An exit as the gateway or one of its plugins makes it, before the request has given it a form. */
export interface KnownExit extends CoreExit {
  readonly kind: NonNullable<CoreExit['kind']>
  readonly phase: 'rewrite' | 'access'
  readonly plugin: string | undefined
}

/**
 * What is answered for a reason, so that a trial need not tell more than the reason; undefined where
 * a configuration decides. apps/gateway/test/known-exits.test.ts asks a gateway for them.
 */
export function knownExit(reason: string): KnownExit | undefined {
  const facts = REASONS.get(reason)
  if (typeof facts?.status !== 'number') return undefined
  const { status, message, kind = 'ordinary', isRouteKnown } = facts
  const headers = HEADERS.get(reason)
  return {
    status,
    reason,
    kind,
    phase: isRouteKnown === 'never' || BY_ROUTER.has(reason) ? 'rewrite' : 'access',
    plugin: BUNDLED_PLUGINS.find(({ name }) => reason.startsWith(`${name}.`))?.name,
    ...(message !== undefined && { message }),
    ...(headers !== undefined && { headers }),
  }
}

/** Every reason that `knownExit` knows. */
export function knownReasons(): readonly string[] {
  return [...REASONS.keys()].filter((reason) => knownExit(reason) !== undefined)
}

const REASONS = knownExitReasons()

/** Made when the Route is found, before access begins. */
const BY_ROUTER: ReadonlySet<string> = new Set([
  'router.https_required',
  'router.http2_required',
  'router.not_grpc',
])

const CHALLENGE = { 'WWW-Authenticate': 'Key' }

/** Headers that the code of an exit adds, with the configuration as it is by default. */
const HEADERS = new Map<string, Readonly<Record<string, string>>>([
  ['key-auth.no_key', CHALLENGE],
  ['key-auth.duplicate_key', CHALLENGE],
  ['key-auth.invalid_key', CHALLENGE],
  ['router.https_required', { Connection: 'Upgrade', Upgrade: 'TLS/1.2, HTTP/1.1' }],
  ['router.http2_required', { Connection: 'Upgrade', Upgrade: 'HTTP/2' }],
])
