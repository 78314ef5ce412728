import type { Plugin, PluginInstance } from '@postern/plugin-runtime'
import { describe, expect, it } from 'vitest'
import { PreparedMemory } from './prepared-memory.ts'

function preparing() {
  const calls: unknown[] = []
  const plugin = {
    name: 'p',
    version: '1.0.0',
    priority: 1,
    schema: { fields: {} },
    prepare(config: unknown) {
      calls.push(config)
      if (config === 'bad') throw new Error('does not compile')
      return { config }
    },
  } as unknown as Plugin
  const memory = new PreparedMemory()
  const publish = (...instances: readonly (readonly [id: string, config: unknown])[]) =>
    memory.during(new Map([['p', plugin]]), (plugins) =>
      instances.map(([id, config]) =>
        plugins.get('p')?.prepare?.(config, { id, config } as unknown as PluginInstance),
      ),
    )
  return { calls, publish }
}

describe('PreparedMemory', () => {
  it('prepares an instance once while its configuration stays', () => {
    const { calls, publish } = preparing()
    const [first] = publish(['1', 'a'])
    const [again] = publish(['1', 'a'])
    expect(calls).toEqual(['a'])
    expect(again).toBe(first)
  })

  it('prepares it again when its configuration changes', () => {
    const { calls, publish } = preparing()
    publish(['1', 'a'])
    publish(['1', 'b'])
    expect(calls).toEqual(['a', 'b'])
  })

  it('keeps instances of the same configuration apart', () => {
    const { calls, publish } = preparing()
    const [one, other] = publish(['1', 'a'], ['2', 'a'])
    expect(calls).toEqual(['a', 'a'])
    expect(one).not.toBe(other)
  })

  it('forgets an instance that a Snapshot has not used', () => {
    const { calls, publish } = preparing()
    publish(['1', 'a'])
    publish()
    publish(['1', 'a'])
    expect(calls).toEqual(['a', 'a'])
  })

  it('keeps what it had when a Snapshot fails', () => {
    const { calls, publish } = preparing()
    publish(['1', 'a'])
    expect(() => publish(['1', 'a'], ['2', 'bad'])).toThrow('does not compile')
    publish(['1', 'a'])
    expect(calls).toEqual(['a', 'bad'])
  })
})
