import { definePlugin, type Plugin } from '@postern/plugin-runtime'
import { defineRecord } from '@postern/schema'

// Has a response phase, and so makes the gateway wait for the whole response.
const schema = defineRecord({ fields: { config: { type: 'record', fields: {} } } })

const plugin: Plugin = definePlugin({
  name: 'fuzz-body-buffer',
  version: '0.0.1',
  priority: 400,
  schema,
  response() {},
})

export default plugin
