import { createUndiciClient } from '../src/index.ts'
import { describeUpstreamClient } from './upstream-client-suite.ts'

describeUpstreamClient('createUndiciClient()', () => createUndiciClient())
