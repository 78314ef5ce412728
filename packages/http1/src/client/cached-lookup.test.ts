import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createCachedLookup, type Lookup } from './cached-lookup.ts'

beforeEach(() => vi.useFakeTimers({ toFake: ['performance'] }))
afterEach(() => vi.useRealTimers())

/** A resolver that answers when it is told to. */
function resolver(): { lookup: Lookup; asked: string[]; answer: (error?: Error) => void } {
  const asked: string[] = []
  const waiting: Parameters<Lookup>[2][] = []
  return {
    asked,
    lookup: (host, _options, found) => {
      asked.push(host)
      waiting.push(found)
    },
    answer: (error) => {
      const address = { address: `10.0.0.${asked.length}`, family: 4 }
      for (const found of waiting.splice(0))
        found(error ?? null, error === undefined ? [address] : [])
    },
  }
}

function ask(lookup: Lookup, host: string): Promise<string> {
  return new Promise((resolve) => {
    lookup(host, {}, (error, [first]) => resolve(error?.message ?? first?.address ?? 'nothing'))
  })
}

describe('createCachedLookup()', () => {
  it('asks once for all who ask at the same time', async () => {
    const { lookup, asked, answer } = resolver()
    const cached = createCachedLookup({ ttlMs: 1000, lookup })
    const answers = Promise.all([ask(cached, 'a'), ask(cached, 'a'), ask(cached, 'b')])
    answer()
    expect(await answers).toEqual(['10.0.0.2', '10.0.0.2', '10.0.0.2'])
    expect(asked).toEqual(['a', 'b'])
  })

  it.each([
    { afterMs: 0, asks: 1 },
    { afterMs: 999, asks: 1 },
    { afterMs: 1000, asks: 2 },
  ])('asks $asks times when the second one comes $afterMs ms later', async (row) => {
    const { lookup, asked, answer } = resolver()
    const cached = createCachedLookup({ ttlMs: 1000, lookup })
    const first = ask(cached, 'a')
    answer()
    await first
    vi.advanceTimersByTime(row.afterMs)
    const second = ask(cached, 'a')
    answer()
    await second
    expect(asked).toHaveLength(row.asks)
  })

  it('remembers nothing with a time of 0', async () => {
    const { lookup, asked, answer } = resolver()
    const cached = createCachedLookup({ ttlMs: 0, lookup })
    for (let i = 0; i < 3; i++) {
      const answered = ask(cached, 'a')
      answer()
      await answered
    }
    expect(asked).toHaveLength(3)
  })

  it('remembers that a name does not resolve', async () => {
    const { lookup, asked, answer } = resolver()
    const cached = createCachedLookup({ ttlMs: 1000, lookup })
    const first = ask(cached, 'a')
    answer(new Error('no such name'))
    expect(await first).toBe('no such name')
    expect(await ask(cached, 'a')).toBe('no such name')
    expect(asked).toHaveLength(1)
  })

  it('lets the oldest name go beyond its limit', async () => {
    const { lookup, asked, answer } = resolver()
    const cached = createCachedLookup({ ttlMs: 1000, maxNames: 2, lookup })
    for (const host of ['a', 'b', 'c', 'a', 'c']) {
      const answered = ask(cached, host)
      answer()
      await answered
    }
    expect(asked).toEqual(['a', 'b', 'c', 'a'])
  })

  it('answers from memory after the call is over, not within it', async () => {
    const { lookup, answer } = resolver()
    const cached = createCachedLookup({ ttlMs: 1000, lookup })
    const first = ask(cached, 'a')
    answer()
    await first
    let isOver = false
    const seen = new Promise((resolve) => cached('a', {}, () => resolve(isOver)))
    isOver = true
    expect(await seen).toBe(true)
  })
})
