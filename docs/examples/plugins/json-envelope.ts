import { definePlugin, type Plugin } from '@postern/plugin-runtime'
import { defineRecord } from '@postern/schema'

// response: puts what a Service answers as JSON into an envelope with the status and the id of the
// request, so that clients find errors and results in one place. The response is read as a whole.
const schema = defineRecord({
  fields: {
    config: {
      type: 'record',
      required: true,
      fields: {
        data_field: { type: 'string', required: true, default: 'data' },
        error_field: { type: 'string', required: true, default: 'error' },
      },
    },
  },
})

const plugin: Plugin = definePlugin<typeof schema>({
  name: 'json-envelope',
  version: '1.0.0',
  priority: 20,
  schema,
  response(kong, { data_field, error_field }) {
    const status = kong.response.getStatus()
    const type = kong.response.getHeader('Content-Type') ?? ''
    if (kong.response.getSource() !== 'service' || !/^application\/json\b/i.test(type)) return
    const value = parsed(kong.service.response.getRawBody().toString('utf8'))
    // What says that it is JSON and is none goes on as it came.
    if (value === undefined) return
    const field = status < 400 ? data_field : error_field
    kong.response.exit(status, { [field]: value, status, request_id: kong.request.getId() })
  },
})

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}

export default plugin
