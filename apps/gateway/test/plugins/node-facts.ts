import { definePlugin, type Plugin } from '@postern/plugin-runtime'
import { defineRecord } from '@postern/schema'

// Answers what `kong` tells of the node it runs on.
const schema = defineRecord({ fields: { config: { type: 'record', fields: {} } } })

const plugin: Plugin = definePlugin({
  name: 'node-facts',
  version: '0.0.1',
  priority: 500,
  schema,
  access(kong) {
    return kong.response.exit(200, {
      node: kong.node.getId(),
      cluster: kong.cluster.getId(),
      statistics: kong.nginx.getStatistics(),
      secret: kong.vault.get('{vault://env/node-facts-secret}'),
    })
  },
})

export default plugin
