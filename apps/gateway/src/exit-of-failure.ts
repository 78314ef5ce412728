import type { UpstreamFailure } from '@postern/proxy'
import { coreExit } from './core-exits.ts'
import type { CoreExit } from './exit-with.ts'

/**
 * What the client is told when no Target has answered. Kong calls a name that does not resolve and
 * an Upstream without Targets ordinary answers of its own; the rest are failures.
 */
export const EXIT_OF_FAILURE: Readonly<Record<UpstreamFailure['kind'], CoreExit>> = {
  'connect-timeout': coreExit('upstream.connect_timeout'),
  timeout: coreExit('upstream.timeout'),
  connect: coreExit('upstream.refused'),
  reset: coreExit('upstream.reset'),
  invalid: coreExit('upstream.invalid'),
  aborted: coreExit('upstream.aborted'),
  body: coreExit('request.body_broken'),
  dns: coreExit('upstream.dns'),
  'no-address': coreExit('upstream.no_target'),
}
