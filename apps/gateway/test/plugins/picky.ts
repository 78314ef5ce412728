import { definePlugin, type Plugin } from '@postern/plugin-runtime'
import { defineRecord } from '@postern/schema'

// Takes a configuration by its schema, and cannot make anything of it.
const schema = defineRecord({
  fields: { config: { type: 'record', fields: { word: { type: 'string', required: true } } } },
})

const plugin: Plugin = definePlugin<typeof schema>({
  name: 'picky',
  version: '0.0.1',
  priority: 500,
  schema,
  prepare({ word }) {
    if (word === 'coffee') throw new Error('no coffee here')
    return word
  },
  access() {
    // The configuration alone is what this plugin is about.
  },
})

export default plugin
