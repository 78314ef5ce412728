import { definePlugin, type Plugin } from '@postern/plugin-runtime'
import { defineRecord } from '@postern/schema'

// Tells in the log what happens to it, so that a test can see when.
const schema = defineRecord({
  fields: {
    config: { type: 'record', fields: { word: { type: 'string', default: 'tea' } } },
  },
})

const plugin: Plugin = definePlugin<typeof schema>({
  name: 'lifecycle',
  version: '0.0.1',
  priority: 1,
  schema,
  init_worker(kong) {
    kong.log.notice('lifecycle starts')
  },
  configure(configs) {
    const words = (configs ?? []).map((config) => (config as { word: string }).word)
    console.error(JSON.stringify({ lifecycle: words }))
  },
  log(kong) {
    const line = kong.log.serialize()
    kong.log.notice(
      `lifecycle logs ${JSON.stringify({ tries: line.tries, upstream: line.upstream_uri })}`,
    )
  },
})

export default plugin
