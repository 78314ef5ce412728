import { definePlugin, type Plugin } from '@postern/plugin-runtime'
import { defineRecord } from '@postern/schema'

// Answers what its configuration says, so that a test can give an Exit its exact status, body and
// headers. `exit` is JSON text: what is not in it was not given.
const schema = defineRecord({
  fields: {
    config: { type: 'record', fields: { exit: { type: 'string', required: true } } },
  },
})

interface Asked {
  readonly status: number
  readonly body?: string | object
  readonly headers?: Readonly<Record<string, string>>
}

const plugin: Plugin = definePlugin<typeof schema>({
  name: 'exit-maker',
  version: '0.0.1',
  priority: 500,
  schema,
  prepare: ({ exit }) => JSON.parse(exit) as Asked,
  access(kong, _config, prepared) {
    const { status, body, headers } = prepared as Asked
    return kong.response.exit(status, body, headers)
  },
})

export default plugin
