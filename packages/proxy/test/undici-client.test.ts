import { createUndiciClient } from '../src/index.ts'
import { type Ability, describeUpstreamClient } from './upstream-client-suite.ts'

/** What undici does not do, or does itself without asking. */
const UNDICI_CANNOT: ReadonlySet<Ability> = new Set<Ability>([
  'refuses HTTP/0.9, HTTP/2.0 and RTSP/1.0',
  'reads white space around a length',
  'sends a head before its body begins',
  'repeats what may run twice',
])

describeUpstreamClient('createUndiciClient()', () => createUndiciClient(), UNDICI_CANNOT)
