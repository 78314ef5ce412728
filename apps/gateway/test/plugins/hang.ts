import { definePlugin, type Plugin } from '@postern/plugin-runtime'
import { defineRecord } from '@postern/schema'

// A trusted plugin with a mistake in it: it never ends, and it takes its worker with it.
const schema = defineRecord({ fields: { config: { type: 'record', fields: {} } } })

const plugin: Plugin = definePlugin({
  name: 'hang',
  version: '0.0.1',
  priority: 1,
  schema,
  access() {
    for (;;);
  },
})

export default plugin
