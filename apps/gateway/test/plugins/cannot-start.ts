import { definePlugin, type Plugin } from '@postern/plugin-runtime'
import { defineRecord } from '@postern/schema'

// Needs something when its process starts, and does not get it.
const schema = defineRecord({ fields: { config: { type: 'record', fields: {} } } })

const plugin: Plugin = definePlugin({
  name: 'cannot-start',
  version: '0.0.1',
  priority: 1,
  schema,
  init_worker() {
    throw new Error('no file of words')
  },
})

export default plugin
