import { definePlugin, type Kong, type Plugin } from '@postern/plugin-runtime'
import { defineRecord } from '@postern/schema'

// access: keeps long requests away from a Service. What Content-Length tells is refused before any
// of the body has arrived; a body without a length is read, and counted.
const schema = defineRecord({
  fields: {
    config: {
      type: 'record',
      required: true,
      fields: {
        max_body_bytes: { type: 'integer', required: true, default: 100_000, gt: 0 },
        max_target_bytes: { type: 'integer', required: true, default: 2_000, gt: 0 },
      },
    },
  },
})

const plugin: Plugin = definePlugin<typeof schema>({
  name: 'size-guard',
  version: '1.0.0',
  priority: 950,
  schema,
  access(kong, config) {
    if (kong.request.getPathWithQuery().length > config.max_target_bytes) {
      kong.response.exit(414, { message: 'the path and query are too long' })
    }
    const told = kong.request.getHeader('Content-Length')
    if (told !== undefined) return refuseAbove(kong, config.max_body_bytes, Number(told))
    if (kong.request.getHeader('Transfer-Encoding') === undefined) return
    return countBody(kong, config.max_body_bytes)
  },
})

async function countBody(kong: Kong<'access'>, limit: number): Promise<void> {
  refuseAbove(kong, limit, (await kong.request.getRawBody()).length)
}

function refuseAbove(kong: Kong<'access'>, limit: number, length: number): void {
  if (length <= limit) return
  kong.response.exit(413, { message: `the body is too long, at most ${limit} bytes are taken` })
}

export default plugin
