import { createHash, type Hash } from 'node:crypto'
import { definePlugin, type Plugin } from '@postern/plugin-runtime'
import { defineRecord } from '@postern/schema'

// header_filter and body_filter: stamps responses. The head says who sent them and loses headers that
// tell too much; the body streams through untouched, and its SHA-256 is in the log when it has left.
const schema = defineRecord({
  fields: {
    config: {
      type: 'record',
      required: true,
      fields: {
        stamp: { type: 'string', required: true, default: 'postern' },
        remove: {
          type: 'array',
          elements: { type: 'string' },
          required: true,
          default: ['X-Powered-By', 'X-AspNet-Version'],
        },
      },
    },
  },
})

const plugin: Plugin = definePlugin<typeof schema>({
  name: 'checksum-stamp',
  version: '1.0.0',
  priority: 30,
  schema,
  header_filter(kong, { stamp, remove }) {
    for (const name of remove) kong.response.clearHeader(name)
    kong.response.setHeader('X-Stamped-By', stamp)
    kong.ctx.plugin.hash = createHash('sha256')
  },
  body_filter(kong, _config, _prepared, { chunk, last }) {
    const hash = kong.ctx.plugin.hash as Hash
    if (chunk !== undefined) hash.update(chunk)
    if (last) kong.log.notice(`sha256 ${kong.request.getId()} ${hash.digest('hex')}`)
  },
})

export default plugin
