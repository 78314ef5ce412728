import { definePlugin, type Plugin } from '@postern/plugin-runtime'
import { defineRecord } from '@postern/schema'

// log: tells of slow requests, and of failed ones. The client has its answer by then, so whatever is
// done here costs nobody time. A request is told at `warn` when it was slow or ended with a 5xx.
const schema = defineRecord({
  fields: {
    config: {
      type: 'record',
      required: true,
      fields: {
        slow_ms: { type: 'number', required: true, default: 1000, between: [0, 3_600_000] },
      },
    },
  },
})

const plugin: Plugin = definePlugin<typeof schema>({
  name: 'latency-log',
  version: '1.0.0',
  priority: 5,
  schema,
  log(kong, { slow_ms }) {
    const tookMs = Date.now() - kong.request.getStartTime()
    const status = kong.response.getStatus()
    const isTold = tookMs >= slow_ms || status >= 500
    const line = {
      method: kong.request.getMethod(),
      path: kong.request.getPath(),
      status,
      source: kong.response.getSource(),
      route: kong.router.getRoute()?.name ?? null,
      consumer: kong.client.getConsumer()?.username ?? null,
      took_ms: tookMs,
    }
    kong.log[isTold ? 'warn' : 'debug'](JSON.stringify(line))
  },
})

export default plugin
