import { definePlugin, type Plugin } from '@postern/plugin-runtime'
import { defineRecord } from '@postern/schema'

// A promise that never settles.
const schema = defineRecord({ fields: { config: { type: 'record', fields: {} } } })

const plugin: Plugin = definePlugin({
  name: 'slow',
  version: '0.0.1',
  priority: 500,
  schema,
  access: () => new Promise<void>(() => {}),
})

export default plugin
