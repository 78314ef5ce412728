import { definePlugin, type Plugin } from '@postern/plugin-runtime'
import { defineRecord } from '@postern/schema'

// Sends further tries to a port of its own, or fails to say where.
const schema = defineRecord({
  fields: { config: { type: 'record', fields: { port: { type: 'integer', required: true } } } },
})

const plugin: Plugin = definePlugin<typeof schema>({
  name: 'retry-elsewhere',
  version: '0.0.1',
  priority: 500,
  schema,
  access(kong, { port }) {
    kong.service.setTargetRetryCallback(() => {
      if (port === 0) throw new Error('nowhere')
      return port === 1 ? undefined : { host: '127.0.0.1', port }
    })
  },
})

export default plugin
