import { EXIT_SIGNAL } from '@postern/pdk-response'
import { describe, expect, it } from 'vitest'
import { testContext } from '../test/test-context.ts'
import { type CacheOptions, type CacheTimes, createCache } from './cache.ts'
import { pdkFunctions } from './pdk-functions.ts'

/** A cache with a clock that stands still, and a loader that counts. */
function cacheAt(options: CacheOptions = {}) {
  const clock = { nowMs: 0 }
  const cache = createCache({ nowMs: () => clock.nowMs, ...options })
  let calls = 0
  const load = (): number => ++calls
  return { cache, clock, load, calls: () => calls }
}

describe('cache.get()', () => {
  it('loads once, with the arguments after the loader, and stays synchronous', () => {
    const { cache } = cacheAt()
    const load = (a: number, b: number): number => a + b
    expect(cache.get('k', {}, load, 1, 2)).toBe(3)
    expect(cache.get('k', null, load, 5, 5)).toBe(3)
    expect(cache.get('k')).toBe(3)
  })

  it('answers undefined without a loader where nothing is kept', () => {
    expect(cacheAt().cache.get('k')).toBeUndefined()
  })

  it.each<readonly [times: CacheTimes, value: unknown, keptMs: number]>([
    [{ ttl: 2 }, 'x', 2_000],
    [{ ttl: 0.5, neg_ttl: 9 }, 'x', 500],
    [{ ttl: 9, neg_ttl: 1 }, undefined, 1_000],
    [{ ttl: 9, neg_ttl: 1 }, null, 1_000],
    [{ neg_ttl: 1 }, false, Number.POSITIVE_INFINITY],
    [{ ttl: 0 }, 'x', Number.POSITIVE_INFINITY],
    [{}, undefined, Number.POSITIVE_INFINITY],
  ])('keeps with %j the value %j for %s ms', (times, value, keptMs) => {
    const { cache, clock } = cacheAt()
    let calls = 0
    const load = (): unknown => {
      calls++
      return value
    }
    void cache.get('k', times, load)
    clock.nowMs = keptMs === Number.POSITIVE_INFINITY ? 1e15 : keptMs - 1
    expect([cache.get('k', times, load), calls]).toEqual([value, 1])
    if (keptMs === Number.POSITIVE_INFINITY) return
    clock.nowMs = keptMs
    expect([cache.get('k', times, load), calls]).toEqual([value, 2])
  })

  it('shares one call between those who miss while it is loading', async () => {
    const { cache } = cacheAt()
    let calls = 0
    const load = async (): Promise<string> => {
      calls++
      await Promise.resolve()
      return 'x'
    }
    const both = await Promise.all([cache.get('k', {}, load), cache.get('k', {}, load)])
    expect([both, calls, cache.get('k')]).toEqual([['x', 'x'], 1, 'x'])
  })

  it('keeps nothing of a failure, and tells all who waited', async () => {
    const { cache, load } = cacheAt()
    const fail = (): Promise<never> => Promise.reject(new Error('no'))
    const results = await Promise.allSettled([cache.get('k', {}, fail), cache.get('k', {}, fail)])
    for (const result of results) {
      expect(result).toMatchObject({ reason: { code: 'POSTERN_PLUGIN_UNAVAILABLE' } })
      expect((result as PromiseRejectedResult).reason.message).toBe('callback threw an error: no')
    }
    expect(cache.get('k', {}, load)).toBe(1)
  })

  it('lets a loader end its own request, and no other', async () => {
    const { cache } = cacheAt()
    const exits = (): never => {
      throw EXIT_SIGNAL
    }
    expect(() => cache.get('k', {}, exits)).toThrow(EXIT_SIGNAL)
    const late = (): Promise<never> => Promise.resolve().then(exits)
    const [own, other] = [cache.get('k', {}, late), cache.get('k', {}, late)]
    const results = await Promise.allSettled([own, other])
    expect(results[0]).toMatchObject({ reason: EXIT_SIGNAL })
    expect(results[1]).toMatchObject({ reason: { code: 'POSTERN_PLUGIN_UNAVAILABLE' } })
  })

  it.each<readonly [args: readonly unknown[], message: string]>([
    [[5], 'key must be a string'],
    [[undefined], 'key must be a string'],
    [['k', 5], 'opts must be a table'],
    [['k', { ttl: '1' }], 'opts.ttl must be a number'],
    [['k', { ttl: -1 }], 'opts.ttl must be >= 0'],
    [['k', { neg_ttl: Number.NaN }], 'opts.neg_ttl must be >= 0'],
    [['k', {}, 'load'], 'callback must be a function'],
  ])('refuses %j', (args, message) => {
    const { cache } = cacheAt()
    expect(() => cache.get(...(args as [string]))).toThrow(message)
  })

  it('takes names that objects inherit for keys like any other', () => {
    const { cache, load } = cacheAt()
    expect(cache.get('__proto__')).toBeUndefined()
    expect([cache.get('__proto__', {}, load), cache.get('constructor', {}, load)]).toEqual([1, 2])
  })
})

describe('a cache', () => {
  it('is bounded: what was used least recently makes room', () => {
    const { cache, load } = cacheAt({ maxEntries: 2 })
    for (const key of ['a', 'b']) void cache.get(key, {}, load)
    cache.get('a')
    void cache.get('c', {}, load)
    expect([cache.get('a'), cache.get('b'), cache.get('c')]).toEqual([1, undefined, 3])
  })

  it('tells what is left of a value without using it', () => {
    const { cache, clock } = cacheAt({ maxEntries: 2 })
    cache.safeSet('a', 'x', { ttl: 3 })
    cache.safeSet('b', null)
    clock.nowMs = 1_000
    expect(cache.probe('a')).toEqual({ ttl: 2, value: 'x' })
    expect(cache.probe('b')).toEqual({ ttl: Number.POSITIVE_INFINITY, value: null })
    cache.safeSet('c', 1)
    expect(cache.probe('a')).toBeUndefined()
    clock.nowMs = 3_000
    expect(cache.probe('missing')).toBeUndefined()
  })

  it('loads anew when told to', () => {
    const { cache, load } = cacheAt()
    void cache.get('k', {}, load)
    expect([cache.renew('k', {}, load), cache.get('k')]).toEqual([2, 2])
    expect(() => cache.renew('k', {}, undefined as never)).toThrow('callback must be a function')
  })

  it('forgets one key or all of them, and tells the host', () => {
    const told: unknown[] = []
    const { cache, load } = cacheAt({ onInvalidate: (key) => told.push(key) })
    for (const key of ['a', 'b', 'c', 'd']) void cache.get(key, {}, load)
    cache.invalidate('a')
    cache.invalidateLocal('b')
    expect([cache.get('a'), cache.get('b'), cache.get('c'), told]).toEqual([
      undefined,
      undefined,
      3,
      ['a'],
    ])
    cache.purge()
    expect([cache.get('c'), told]).toEqual([undefined, ['a', undefined]])
  })

  it.each([
    { what: 'invalidated', change: 'invalidate' },
    { what: 'purged', change: 'purge' },
  ] as const)('does not keep what was $what while it was loading', async ({ change }) => {
    const { cache } = cacheAt()
    const pending = cache.get('k', {}, () => Promise.resolve('old'))
    cache[change]('k')
    expect(await pending).toBe('old')
    expect(cache.get('k')).toBeUndefined()
  })

  it('keeps a newer value that came while an older one was loading', async () => {
    const { cache } = cacheAt()
    const pending = cache.get('k', {}, () => Promise.resolve('old'))
    cache.safeSet('k', 'new')
    await pending
    expect(cache.get('k')).toBe('new')
  })
})

describe('cache.getBulk()', () => {
  const fail = (): never => {
    throw new Error('no')
  }

  it('finds what is kept and loads the rest, in order', () => {
    const { cache, load, calls } = cacheAt()
    cache.safeSet('kept', 'v')
    const add = (...args: readonly unknown[]): string => args.join('+')
    const answers = cache.getBulk([
      { key: 'new', load },
      { key: 'kept', load },
      { key: 'failing', load: fail },
      { key: 'none' },
      { key: 'given', load: add, args: [1, 2] },
    ])
    expect(answers).toEqual([
      { value: 1, error: undefined },
      { value: 'v', error: undefined },
      { value: undefined, error: 'callback threw an error: no' },
      { value: undefined, error: undefined },
      { value: '1+2', error: undefined },
    ])
    expect([cache.get('new'), calls()]).toEqual([1, 1])
  })

  it('is a promise where one of the values is', async () => {
    const { cache } = cacheAt()
    const answers = cache.getBulk([
      { key: 'a', load: () => Promise.resolve(1) },
      { key: 'b', load: () => Promise.reject(new Error('no')) },
      { key: 'c', load: () => 3 },
    ])
    expect(answers).toBeInstanceOf(Promise)
    expect(await answers).toEqual([
      { value: 1, error: undefined },
      { value: undefined, error: 'callback threw an error: no' },
      { value: 3, error: undefined },
    ])
  })

  it.each([
    { bulk: undefined, message: 'bulk must be a table' },
    { bulk: [{ key: 5 }], message: 'key must be a string' },
    { bulk: [{ key: 'a', times: { ttl: -1 } }], message: 'opts.ttl must be >= 0' },
  ])('refuses $bulk, and loads nothing', ({ bulk, message }) => {
    expect(() => cacheAt().cache.getBulk(bulk as never)).toThrow(message)
  })

  it('leaves a loader that ends the request alone', () => {
    const exit = (): never => {
      throw EXIT_SIGNAL
    }
    expect(() => cacheAt().cache.getBulk([{ key: 'a', load: exit }])).toThrow(
      expect.objectContaining({ name: 'ExitSignal' }) as Error,
    )
  })
})

describe('a cache that does not keep everything', () => {
  it('answers what it does not keep, and forgets what was there before', () => {
    const { cache } = cacheAt({ keeps: (key, value) => key !== 'a' || value !== 'big' })
    cache.safeSet('a', 'small')
    cache.safeSet('a', 'big')
    expect(cache.get('a')).toBeUndefined()
    expect([cache.get('a', {}, () => 'big'), cache.get('a')]).toEqual(['big', undefined])
    expect([cache.get('b', {}, () => 'big'), cache.get('b')]).toEqual(['big', 'big'])
  })
})

describe('kong.cache', () => {
  it('is one for all requests of a node', () => {
    const cache = createCache()
    const first = testContext({ node: { cache } }).ctx
    const second = testContext({ node: { cache } }).ctx
    void first.kong.cache.get('k', {}, () => 1)
    expect(second.kong.cache.get('k')).toBe(1)
  })

  it('is there without a host that makes one', () => {
    const { ctx } = testContext()
    expect(ctx.kong.cache).toBe(ctx.kong.cache)
  })

  it('takes what Lua calls with a colon, and answers as Kong does', () => {
    const { ctx } = testContext()
    const call = (name: string, ...args: unknown[]) =>
      pdkFunctions.find((one) => one.name === `cache.${name}`)?.call(ctx.kong, args)
    const fail = (): never => {
      throw new Error('no')
    }
    expect(call('get', {}, 'k', { ttl: 9 }, () => 1)).toEqual([1, undefined, 3])
    expect(call('get', 'k')).toEqual([1, undefined, 1])
    expect(call('get', 'x')).toEqual([undefined, undefined, -1])
    expect(call('probe', {}, 'k')).toEqual([expect.closeTo(9, 1), undefined, 1])
    expect(call('probe', 'x')).toEqual([])
    expect(call('get', 'x', {}, fail)).toEqual([undefined, 'callback threw an error: no'])
  })
})
