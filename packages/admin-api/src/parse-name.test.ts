import { describe, expect, it } from 'vitest'
import { parseName, type Step } from './parse-name.ts'

/** Fields as texts, indexes as numbers, `[]` as null: short enough for a table. */
function short(step: Step): string | number | null {
  if (step.kind === 'append') return null
  return step.kind === 'index' ? step.index : step.name
}

describe('parseName()', () => {
  it.each([
    { name: 'name', steps: ['name'] },
    { name: 'service.id', steps: ['service', 'id'] },
    { name: 'a.b.c', steps: ['a', 'b', 'c'] },
    { name: 'tags[]', steps: ['tags', null] },
    { name: 'tags[1]', steps: ['tags', 1] },
    { name: 'tags[01]', steps: ['tags', 1] },
    { name: 'config.key_names[2]', steps: ['config', 'key_names', 2] },
    { name: 'headers[x-loc]', steps: ['headers', 'x-loc'] },
    { name: 'headers[x-loc][]', steps: ['headers', 'x-loc', null] },
    { name: 'headers[a.b]', steps: ['headers', 'a.b'] },
    { name: 'a[1].b', steps: ['a', 1, 'b'] },
    { name: 'a[1][2]', steps: ['a', 1, 2] },
    { name: 'a[1234567890]', steps: ['a', '1234567890'] },
    { name: 'a[-1]', steps: ['a', '-1'] },
    { name: 'tags[', steps: ['tags['] },
    { name: 'tags]', steps: ['tags]'] },
    { name: 'a]b[c', steps: ['a]b[c'] },
    { name: 'a[[b]', steps: ['a', '[b'] },
    { name: '[1]', steps: [1] },
    { name: 'a.', steps: ['a'] },
    { name: 'a..b', steps: ['a', '', 'b'] },
    { name: '', steps: [] },
  ])('takes $name apart into $steps', ({ name, steps }) => {
    expect(parseName(name).map(short)).toEqual(steps)
  })

  it.each([
    { steps: 50, isFine: true },
    { steps: 51, isFine: false },
  ])('takes $steps steps: $isFine', ({ steps, isFine }) => {
    const parse = () => parseName(Array.from({ length: steps }, () => 'a').join('.'))
    if (isFine) expect(parse()).toHaveLength(steps)
    else expect(parse).toThrow('nested too deeply')
  })

  it('reads a megabyte of open brackets at once', () => {
    const startedAtMs = performance.now()
    expect(parseName('['.repeat(1_000_000))).toHaveLength(1)
    expect(performance.now() - startedAtMs).toBeLessThan(1000)
  })
})
