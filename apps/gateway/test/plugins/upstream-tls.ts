import { createPrivateKey, X509Certificate } from 'node:crypto'
import { definePlugin, type Plugin } from '@postern/plugin-runtime'
import { defineRecord } from '@postern/schema'

// Says how the Service is to be spoken to. Parses anew for each request, as a careless plugin would.
const schema = defineRecord({
  fields: {
    config: {
      type: 'record',
      fields: {
        cert: { type: 'string' },
        key: { type: 'string' },
        store: { type: 'string' },
        verify: { type: 'boolean' },
        depth: { type: 'integer' },
      },
    },
  },
})

const plugin: Plugin = definePlugin<typeof schema>({
  name: 'upstream-tls',
  version: '0.0.1',
  priority: 500,
  schema,
  access(kong, { cert, key, store, verify, depth }) {
    const { service } = kong
    if (cert !== null && key !== null) {
      service.setTlsCertKey(new X509Certificate(cert), createPrivateKey(key))
    }
    if (store !== null) service.setTlsVerifyStore(new X509Certificate(store))
    if (verify !== null) service.setTlsVerify(verify)
    if (depth !== null) service.setTlsVerifyDepth(depth)
  },
})

export default plugin
