// Imports a plugin without a test runner in between, and prints what it is and what it answers.
import { adaptKongPlugin, importKongPlugin } from '@postern/kong-pdk'
import { createPluginTest } from '@postern/plugin-testkit'

const url = process.argv[2] as string
const plugin = adaptKongPlugin(await importKongPlugin(url), { fileName: url })
const { name, version, priority } = plugin
const { body } = await createPluginTest(plugin).run()
console.log(JSON.stringify({ name, version, priority, body }))
