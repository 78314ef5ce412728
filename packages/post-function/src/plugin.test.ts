import type { PhaseFunctionEngine } from '@postern/pre-function'
import { describeViolations, checkRecord } from '@postern/schema'
import { expect, it } from 'vitest'
import { createPostFunctionPlugin } from './plugin.ts'

const engine: PhaseFunctionEngine = {
  check: (source) => (source === 'bad' ? 'no' : undefined),
  compile: (_source, { name }) => ({
    needsBody: false,
    run: (kong) => void (kong as string[]).push(name),
  }),
}

it('is pre-function, last in the order', () => {
  const plugin = createPostFunctionPlugin(engine)
  expect([plugin.name, plugin.priority]).toEqual(['post-function', -1000])
})

it('says its own name', () => {
  const plugin = createPostFunctionPlugin(engine)
  const checked = checkRecord(plugin.schema, { config: { access: ['bad'] } })
  expect(checked.ok ? '' : describeViolations(checked.violations)).toContain(
    'error parsing post-function: no',
  )
})

it('runs its functions', () => {
  const plugin = createPostFunctionPlugin(engine)
  const lists = { certificate: [], rewrite: [], header_filter: [], body_filter: [], log: [] }
  const config = { ...lists, access: ['a'] }
  const ran: string[] = []
  const state = plugin.prepare?.(config, { id: 'p', name: 'post-function' } as never)
  void plugin.access?.(ran as never, config, state)
  expect(ran).toEqual(['post-function[access:1]'])
})
