import type { UpstreamFailure } from '@postern/proxy'
import type { CoreExit } from './exit-with.ts'

/**
 * What the client is told when no Target has answered. Kong calls a name that does not resolve and
 * an Upstream without Targets ordinary answers of its own; the rest are failures.
 */
export const EXIT_OF_FAILURE: Readonly<Record<UpstreamFailure['kind'], CoreExit>> = {
  'connect-timeout': failure(504, 'upstream.connect_timeout'),
  timeout: failure(504, 'upstream.timeout'),
  connect: failure(502, 'upstream.refused'),
  reset: failure(502, 'upstream.reset'),
  invalid: failure(502, 'upstream.invalid'),
  aborted: failure(502, 'upstream.aborted'),
  body: failure(400, 'request.body_broken'),
  dns: { status: 503, reason: 'upstream.dns', message: 'name resolution failed' },
  'no-address': {
    status: 503,
    reason: 'upstream.no_target',
    message: 'failure to get a peer from the ring-balancer',
  },
}

function failure(status: number, reason: string): CoreExit {
  return { status, reason, kind: 'unexpected' }
}
