import { createPostFunctionPlugin } from '@postern/post-function'
import { createPluginTest } from '@postern/plugin-testkit'
import { expect, it } from 'vitest'

it('runs its functions in a plugin host of one', async () => {
  const plugin = createPostFunctionPlugin({
    check: () => undefined,
    compile: (source) => ({
      needsBody: false,
      run: (kong) => {
        const { log } = kong as { readonly log: { notice(text: string): void } }
        log.notice(source)
      },
    }),
  })
  const result = await createPluginTest(plugin, { config: { log: ['done'] } }).run()
  expect(result.logs.map(({ text }) => text)).toContainEqual(expect.stringContaining('done'))
})
