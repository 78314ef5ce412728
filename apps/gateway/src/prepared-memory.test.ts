import type { Plugin, PluginInstance } from '@postern/plugin-runtime'
import { describe, expect, it } from 'vitest'
import { PreparedMemory } from './prepared-memory.ts'

interface Instance {
  readonly id: string
  readonly config: unknown
}

function preparing(edition?: () => unknown) {
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
  const memory = new PreparedMemory(edition)
  const publish = (...instances: readonly (readonly [id: string, config: unknown])[]) =>
    publishAll(instances.map(([id, config]) => ({ id, config })))
  const publishAll = (instances: readonly Instance[]) =>
    memory.during(new Map([['p', plugin]]), (plugins) =>
      instances.map((one) =>
        plugins.get('p')?.prepare?.(one.config, one as unknown as PluginInstance),
      ),
    )
  return { calls, publish, publishAll, memory }
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

  it('prepares all of them again in another edition, and keeps those of an edition that fails', () => {
    let edition = 1
    const { calls, publish } = preparing(() => edition)
    const [first] = publish(['1', 'a'])
    edition = 2
    expect(() => publish(['1', 'a'], ['2', 'bad'])).toThrow('does not compile')
    edition = 1
    expect(publish(['1', 'a'])).toEqual([first])
    expect(calls).toEqual(['a', 'a', 'bad'])
    edition = 2
    publish(['1', 'a'])
    expect(calls).toEqual(['a', 'a', 'bad', 'a'])
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

  it('knows for which instances it was prepared what requests meet', () => {
    const { memory, publishAll } = preparing()
    const [first, again] = [1, 2].map(() => ({ id: '1', config: 'a' }))
    const changed = { id: '1', config: 'b' }
    const failing = [
      { id: '1', config: 'c' },
      { id: '2', config: 'bad' },
    ]
    const inUse = () => [first, again, changed, failing[0]].map((one) => memory.isInUse(one))
    publishAll([first as Instance])
    publishAll([again as Instance])
    expect(inUse()).toEqual([true, false, false, false])
    publishAll([changed])
    expect(inUse()).toEqual([false, false, true, false])
    expect(() => publishAll(failing)).toThrow('does not compile')
    expect(inUse()).toEqual([false, false, true, false])
    publishAll([])
    expect(inUse()).toEqual([false, false, false, false])
  })

  it.each([undefined, null, '1', {}, { id: '1' }])('knows nothing of %j', (about) => {
    const { memory, publish } = preparing()
    publish(['1', 'a'])
    expect(memory.isInUse(about)).toBe(false)
  })
})
