import { configDefaults, defineConfig, mergeConfig } from 'vitest/config'
import config from './vitest.config.ts'

/** Suites that are played against both engines in every run. */
const PLAYED_WITH_BOTH = [
  'answer-ends',
  'certificate-phase',
  'forwarded',
  'fuzz-bodies',
  'fuzz-gateway',
  'hostile-http',
  'hostile-upstream',
  'response-head-limits',
  'service-tls',
  'streaming',
  'trailers',
  'upstream-keepalive',
  'via',
]

/** Suites in which no request of a client is read, and none is sent to a Service. */
const WITHOUT_PROXYING = [
  'admin-log',
  'create-plugin',
  'declarative-cases',
  'dev-command',
  'exit-trials-admin',
  'test-command',
  'try-command',
  'warm-functions',
]

/** Suites of what functions may do: requests only call them, and are short and plain. */
const OF_FUNCTIONS = ['javascript-modules', 'sandbox-escape', 'untrusted-functions']

/** Suites of what only our own codec has: what it remembers of heads that are repeated. */
const OF_THE_CODEC = ['fuzz-repeated']

const LEFT_OUT = [...PLAYED_WITH_BOTH, ...WITHOUT_PROXYING, ...OF_FUNCTIONS, ...OF_THE_CODEC]

/**
 * The suites of the gateway once more, with `http_engine = node`: each that goes through the listener
 * or to a Service. What that engine answers otherwise stands in apps/gateway/test/engine-open.ts.
 */
export default mergeConfig(
  config,
  defineConfig({
    test: {
      exclude: [
        ...configDefaults.exclude,
        '{packages,apps/*/src}/**',
        ...LEFT_OUT.map((name) => `apps/gateway/test/${name}.test.ts`),
      ],
      env: { POSTERN_HTTP_ENGINE: 'node' },
    },
  }),
)
