import { createPluginTest } from '@postern/plugin-testkit'
import type { PhaseFunctionEngine } from '@postern/pre-function'
import { expect, it } from 'vitest'
import { createPostFunctionPlugin } from './plugin.ts'

const engine: PhaseFunctionEngine = {
  check: (source) => (source === 'bad' ? 'no' : undefined),
  compile: (_source, { name }) => ({
    needsBody: false,
    run: (kong) => {
      const { response } = kong as {
        readonly response: { exit(status: number, body: string): void }
      }
      response.exit(403, name)
    },
  }),
}

it('is pre-function, last in the order', () => {
  const plugin = createPostFunctionPlugin(engine)
  expect([plugin.name, plugin.priority]).toEqual(['post-function', -1000])
})

it('says its own name', () => {
  const plugin = createPostFunctionPlugin(engine)
  expect(() => createPluginTest(plugin, { config: { access: ['bad'] } })).toThrow(
    'error parsing post-function: no',
  )
})

it('runs its functions', async () => {
  const test = createPluginTest(createPostFunctionPlugin(engine), { config: { access: ['a'] } })
  expect((await test.run()).body).toBe('post-function[access:1]')
})
