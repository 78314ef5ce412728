import { describe, expect, it } from 'vitest'
import { parseHttpCases } from './http-case.ts'
import { loadSuite, SUITES } from './load-suite.ts'

const STEP = { port: 'admin', method: 'GET', path: '/' }

describe('parseHttpCases()', () => {
  it('answers the cases it was given', () => {
    const cases = [{ id: 'a', steps: [STEP] }]
    expect(parseHttpCases(cases)).toBe(cases)
  })

  it.each([
    { name: 'no list', data: {}, told: 'the file cannot be run: not a list of cases' },
    {
      name: 'a case without id',
      data: [{ steps: [STEP] }],
      told: 'case 0 cannot be run: it has no id',
    },
    { name: 'null', data: [null], told: 'case 0 cannot be run: it has no id' },
    { name: 'no steps', data: [{ id: 'a', steps: [] }], told: '"a" has no steps' },
    {
      name: 'a step to nowhere',
      data: [{ id: 'a', steps: [STEP, {}] }],
      told: 'step 2 of "a" is not a request',
    },
    {
      name: 'two bodies',
      data: [{ id: 'a', steps: [{ ...STEP, json: 1, form: 'a' }] }],
      told: 'step 1 of "a"',
    },
    {
      name: 'an id twice',
      data: [
        { id: 'a', steps: [STEP] },
        { id: 'a', steps: [STEP] },
      ],
      told: '"a" stands there twice',
    },
  ])('refuses $name', ({ data, told }) => {
    expect(() => parseHttpCases(data)).toThrow(
      expect.objectContaining({
        code: 'POSTERN_CONFORMANCE_CASE_INVALID',
        message: expect.stringContaining(told) as string,
      }) as Error,
    )
  })
})

describe('loadSuite()', () => {
  it.each([...SUITES])('reads the suite %s', (name) => {
    expect(loadSuite(name).length).toBeGreaterThan(200)
  })

  it.each(['', '../package', 'constructor'])('knows no suite %j', (name) => {
    expect(() => loadSuite(name)).toThrow(/no suite is called/)
  })
})
