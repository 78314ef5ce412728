import { describe, expect, it } from 'vitest'
import { functionsOf, REACHES } from '../../test/phase-lua-case.ts'

describe('kong.cache in Lua', () => {
  const load = 'kong.cache:get("k", nil, function() return "mine" end)'

  it.each(REACHES.filter((reach) => reach !== 'strict'))(
    'tells with %s where a value was',
    (reach) => {
      const { valueOf } = functionsOf(reach)
      expect(valueOf(`{ ${load} }`)).toEqual(['mine', null, 3])
      expect(valueOf(`{ ${load} }`)).toEqual(['mine', null, 1])
      expect(valueOf('{ kong.cache:get("none") }')).toEqual([null, null, -1])
    },
  )

  it('is one for each configuration in the sandbox, and one for all beyond', () => {
    for (const [reach, expected] of [
      ['sandbox', 'mine'],
      ['lax', 'theirs'],
    ] as const) {
      const { valueOf, run } = functionsOf(reach)
      run('kong.cache:safe_set("k", "theirs")', 'second')
      expect(valueOf(load, 'first'), reach).toBe(expected)
      expect(valueOf(load, 'second'), reach).toBe('theirs')
    }
  })

  it('is not that of plugins in the sandbox', () => {
    const { run, valueOf } = functionsOf('sandbox')
    const { kong } = run('kong.cache:safe_set("k", 1)')
    expect(kong.cache.get('k')).toBeUndefined()
    kong.cache.safeSet('k2', 1)
    expect(valueOf('tostring(kong.cache:get("k2"))')).toBe('nil')
  })

  it('forgets in the sandbox what belongs to the configuration alone', () => {
    const { run, valueOf } = functionsOf('sandbox')
    for (const id of ['first', 'second']) run('kong.cache:safe_set("k", 1)', id)
    run('kong.cache:purge()', 'first')
    const kept = 'kong.cache:get("k") or "none"'
    expect([valueOf(kept, 'first'), valueOf(kept, 'second')]).toEqual(['none', 1])
    run('kong.cache:invalidate("k")', 'second')
    expect(valueOf(kept, 'second')).toBe('none')
  })

  it.each([
    { length: 65_000, isKept: true },
    { length: 66_000, isKept: false },
  ])('keeps a value of $length characters in the sandbox: $isKept', ({ length, isKept }) => {
    const { run, valueOf } = functionsOf('sandbox')
    run(`kong.cache:safe_set("k", string.rep("x", ${length}))`)
    expect(valueOf('kong.cache:get("k") ~= nil')).toBe(isKept)
    const loaded = `#kong.cache:get("l", nil, function() return string.rep("x", ${length}) end)`
    expect(valueOf(loaded)).toBe(length)
    expect(valueOf('kong.cache:get("l") ~= nil')).toBe(isKept)
  })

  it('takes and answers the lists of get_bulk', () => {
    const { valueOf } = functionsOf('sandbox')
    const bulk =
      '{ "a", { ttl = 9 }, function(x) return x + 1 end, 1, ' +
      '"b", nil, function() return nil, "no luck" end, nil, "c", nil, nil, nil, n = 3 }'
    expect(valueOf(`kong.cache:get_bulk(${bulk})`)).toEqual({
      1: 2,
      5: 'callback threw an error: no luck',
      n: 3,
    })
    expect(valueOf('kong.cache:get("a")')).toBe(2)
  })

  it.each([
    ['kong.cache.get_bulk, kong.cache, 5', 'bulk must be a table'],
    ['kong.cache.get_bulk, kong.cache, { "a" }', 'bulk.n must be a number between 0 and 1000'],
    ['kong.cache.get_bulk, kong.cache, { n = 1001 }', 'bulk.n must be a number between 0 and 1000'],
    ['kong.cache.get_bulk, kong.cache, { n = 1 }', 'key must be a string'],
    ['kong.cache.get, kong.cache, 5', 'key must be a string'],
    ['kong.cache.safe_set, kong.cache, {}, 1', 'key must be a string'],
  ])('refuses %s', (call, message) => {
    for (const reach of ['sandbox', 'on'] as const) {
      expect(functionsOf(reach).valueOf(`select(2, pcall(${call}))`), reach).toContain(message)
    }
  })
})
