import { definePlugin, type Plugin } from '@postern/plugin-runtime'
import { defineRecord } from '@postern/schema'

// Touches the body of a response in each of the ways a body_filter can, and changes nothing of it.
const schema = defineRecord({
  fields: {
    config: {
      type: 'record',
      fields: { way: { type: 'string', required: true, one_of: ['look', 'keep', 'late'] } },
    },
  },
})

/** What `late` has held back of each response. */
const held = new WeakMap<object, Uint8Array>()

const plugin: Plugin = definePlugin<typeof schema>({
  name: 'fuzz-body-filter',
  version: '0.0.1',
  priority: 500,
  schema,
  body_filter(kong, { way }, _prepared, piece) {
    if (way === 'keep') kong.response.getRawBody()
    if (way !== 'late') return
    // Each piece leaves when the next one has come: the memory of a piece must be the plugin's own.
    const before = held.get(piece)
    if (piece.chunk !== undefined) held.set(piece, piece.chunk)
    else held.delete(piece)
    piece.chunk = before
  },
})

export default plugin
