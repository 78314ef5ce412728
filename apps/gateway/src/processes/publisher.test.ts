import { describe, expect, it } from 'vitest'
import { createPublisher } from './publisher.ts'

function publications() {
  const ends: (() => void)[] = []
  const publish = createPublisher(() => new Promise<void>((resolve) => ends.push(resolve)))
  return { publish, ends }
}

const turn = () => new Promise((resolve) => setImmediate(resolve))

describe('createPublisher()', () => {
  it('publishes at once when nothing is being published', () => {
    const { publish, ends } = publications()
    void publish()
    expect(ends).toHaveLength(1)
  })

  it('resolves a call only by a publication that began after it', async () => {
    const { publish, ends } = publications()
    const done: string[] = []
    const first = publish().then(() => done.push('first'))
    const second = publish().then(() => done.push('second'))
    ends[0]?.()
    await first
    await turn()
    expect(done).toEqual(['first'])
    ends[1]?.()
    await second
    expect(done).toEqual(['first', 'second'])
  })

  it('lets calls that come meanwhile share one publication', async () => {
    const { publish, ends } = publications()
    const all = [publish(), publish(), publish(), publish()]
    ends[0]?.()
    await turn()
    ends[1]?.()
    await Promise.all(all)
    expect(ends).toHaveLength(2)
  })

  it('never publishes twice at a time, whenever a call comes', async () => {
    let running = 0
    let most = 0
    const publish = createPublisher(async () => {
      running += 1
      most = Math.max(most, running)
      await turn()
      running -= 1
    })
    const calls: Promise<void>[] = []
    for (let round = 0; round < 5; round++) {
      calls.push(publish(), publish())
      for (let tick = 0; tick < round; tick++) await Promise.resolve()
      await publish()
      calls.push(publish())
    }
    await Promise.all(calls)
    expect(most).toBe(1)
  })

  it('tells a failure to those who wait for it, and goes on with the next', async () => {
    let count = 0
    const publish = createPublisher(async () => {
      count += 1
      if (count === 1) throw new Error('disk full')
    })
    const first = publish()
    const second = publish()
    await expect(first).rejects.toThrow('disk full')
    await expect(second).resolves.toBeUndefined()
  })
})
