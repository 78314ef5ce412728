import { createHttp1Client } from '../src/index.ts'
import { describeUpstreamClient } from './upstream-client-suite.ts'

describeUpstreamClient('createHttp1Client()', () => createHttp1Client())
