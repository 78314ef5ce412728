import { createHook } from 'node:async_hooks'
import { describe, expect, it } from 'vitest'
import { type Plugin, runPhase } from '../src/index.ts'
import { consumer, instanceOf, testContext, testPlugin } from './test-context.ts'

/** How many promises come to life while `work` runs. */
function promisesIn(work: () => void): number {
  let promises = 0
  const hook = createHook({ init: (_id, type) => void (promises += type === 'PROMISE' ? 1 : 0) })
  hook.enable()
  work()
  hook.disable()
  return promises
}

const four = (access: NonNullable<Plugin['access']>): Plugin[] =>
  ['a', 'b', 'c', 'd'].map((name) => testPlugin(name, { access }))

describe('a phase of handlers that do not wait', () => {
  it.each([
    { what: 'that read and set', access: four((kong) => kong.service.request.setHeader('a', 'b')) },
    { what: 'that exit', access: four((kong) => kong.response.exit(403, { message: 'no' })) },
    { what: 'that fail', access: four(() => expect.unreachable()) },
  ])('makes no promise for plugins $what', ({ access }) => {
    const { ctx } = testContext({ plugins: access })
    expect(promisesIn(() => void runPhase(ctx, 'access'))).toBe(0)
  })

  it('makes none where the Consumer decides which plugins apply', () => {
    const plugins = four((kong) => kong.client.authenticate(consumer('c')))
    const instances = ['a', 'b', 'c', 'd'].flatMap((name) => [
      instanceOf(name),
      instanceOf(name, { consumer: 'c' }),
    ])
    const { ctx } = testContext({ plugins, instances })
    expect(promisesIn(() => void runPhase(ctx, 'access'))).toBe(0)
  })

  it('makes them as soon as one handler waits', () => {
    const { ctx } = testContext({ plugins: four(() => Promise.resolve()) })
    expect(promisesIn(() => void runPhase(ctx, 'access'))).toBeGreaterThan(0)
  })
})
