import { definePlugin, type Plugin } from '@postern/plugin-runtime'
import { defineRecord } from '@postern/schema'

// A mistake that is easily made: the body is asked for, and not awaited.
const schema = defineRecord({ fields: { config: { type: 'record', fields: {} } } })

const plugin: Plugin = definePlugin({
  name: 'impatient',
  version: '0.0.1',
  priority: 500,
  schema,
  access(kong) {
    void kong.request.getRawBody()
  },
})

export default plugin
