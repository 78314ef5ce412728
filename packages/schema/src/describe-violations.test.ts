import { describe, expect, it } from 'vitest'
import { describeViolations, type Violations } from './index.ts'

describe('describeViolations()', () => {
  it.each<[Violations, string]>([
    [{ host: 'required field missing' }, 'schema violation (host: required field missing)'],
    [
      { path: 'should start with: /', host: 'required field missing' },
      '2 schema violations (host: required field missing; path: should start with: /)',
    ],
    [{ a: 'x', '@entity': ['second', 'first'] }, '3 schema violations (second; first; a: x)'],
    [{ config: { foo: 'unknown field' } }, 'schema violation (config.foo: unknown field)'],
    [
      { config: { b: 'x', a: 'y' }, '@entity': ['z'] },
      '3 schema violations (z; config.a: y; config.b: x)',
    ],
    [{ paths: [null, 'bad'] }, 'schema violation (paths.2: bad)'],
    [{ paths: ['bad', null, 'worse'] }, '2 schema violations (paths.1: bad; paths.3: worse)'],
    [
      { config: { key_names: ['length must be at least 1'] } },
      'schema violation (config.key_names: {\n  "length must be at least 1"\n})',
    ],
    [
      { config: { key_names: [null, 'x'] } },
      'schema violation (config.key_names: {\n  [2] = "x"\n})',
    ],
    [
      { healthchecks: { active: { timeout: 'a', 'x-y': 'b' } } },
      'schema violation (healthchecks.active: {\n  timeout = "a",\n  ["x-y"] = "b"\n})',
    ],
    [
      { sources: [{ '@entity': ['x'] }] },
      'schema violation (sources.1: {\n  ["@entity"] = {\n    "x"\n  }\n})',
    ],
  ])('writes %j as %j', (violations, text) => {
    expect(describeViolations(violations)).toBe(text)
  })
})
