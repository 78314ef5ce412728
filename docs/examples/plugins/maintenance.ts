import { definePlugin, type Plugin } from '@postern/plugin-runtime'
import { defineRecord } from '@postern/schema'

// rewrite: a switch for maintenance. Answers every request with a 503 before a Route is looked for,
// but for those from the addresses that may look at the work. Set it up globally: rewrite runs for
// global instances only.
const schema = defineRecord({
  fields: {
    config: {
      type: 'record',
      required: true,
      fields: {
        message: { type: 'string', required: true, default: 'we will be back soon' },
        retry_after: { type: 'integer', required: true, default: 300, between: [1, 86_400] },
        allow: { type: 'set', elements: { type: 'string' }, required: true, default: [] },
      },
    },
  },
})

const plugin: Plugin = definePlugin<typeof schema>({
  name: 'maintenance',
  version: '1.0.0',
  priority: 5000,
  schema,
  prepare: ({ allow }) => new Set(allow),
  rewrite(kong, { message, retry_after }, allowed) {
    if ((allowed as ReadonlySet<string>).has(kong.client.getForwardedIp())) return
    kong.response.exit(503, { message }, { 'Retry-After': retry_after })
  },
})

export default plugin
