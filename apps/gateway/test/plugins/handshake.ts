import { definePlugin, type Plugin } from '@postern/plugin-runtime'
import { defineRecord } from '@postern/schema'

// Does in TLS handshakes what the server name asks for, and answers requests with what is known of
// their connection.
const schema = defineRecord({
  fields: {
    config: { type: 'record', fields: { unnamed: { type: 'string', default: 'go-on' } } },
  },
})

const plugin: Plugin = definePlugin<typeof schema>({
  name: 'handshake',
  version: '0.0.1',
  priority: 500,
  schema,
  async certificate(kong, { unnamed }) {
    const name = kong.nginx.getVar('ssl_server_name')
    const word = name?.split('.')[0] ?? unnamed
    kong.log.notice(`handshake ${word} of ${kong.client.getIp()}:${kong.client.getPort()}`)
    if (word === 'throw') throw new Error('no hands to shake')
    if (word === 'exit') (kong as never as typeof KONG).response.exit(403)
    if (word === 'hang') await new Promise(() => {})
    if (word === 'wait') await new Promise((resolve) => setTimeout(resolve, 20))
    if (word === 'ask') kong.client.tls.requestClientCertificate()
    if (word === 'afresh') kong.client.tls.disableSessionReuse()
  },
  access(kong) {
    const chain = kong.client.tls.getFullClientCertificateChain()
    const verify = kong.nginx.getVar('ssl_client_verify')
    kong.response.exit(200, { chain: chain ?? null, verify })
  },
})

declare const KONG: { readonly response: { exit(status: number): never } }

export default plugin
