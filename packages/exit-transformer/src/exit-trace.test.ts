import { describe, expect, it } from 'vitest'
import { type TraceEntry, traceStep, traceText } from './exit-trace.ts'
import { createRedactor } from './redactor.ts'
import type { FunctionStep } from './run-function.ts'

const before = { status: 401, body: { message: 'no key' }, headers: { 'X-A': '1' } }
const step: FunctionStep = {
  name: 'exit-transformer[1]',
  outcome: 'changed',
  tookMs: 0.123456,
  before,
  after: before,
}
const none = createRedactor([], [])

describe('traceStep()', () => {
  it.each<[string, Partial<FunctionStep>, Partial<TraceEntry>]>([
    ['a status', { after: { ...before, status: 418 } }, { status: [401, 418] }],
    [
      'headers by their names',
      { after: { ...before, headers: { 'X-B': 'value', 'X-A': 'other' } } },
      { headers: ['X-B', 'X-A'] },
    ],
    ['a body by places', { after: { ...before, body: { message: 'x' } } }, { body: ['/message'] }],
    ['a body as a whole', { after: { ...before, body: 'text' } }, { body: [''] }],
    ['a problem', { outcome: 'failed', problem: 'failed: x' }, { problem: 'failed: x' }],
  ])('tells %s', (_name, parts, told) => {
    const { outcome = 'changed' } = parts
    expect(traceStep({ ...step, ...parts }, none)).toEqual({
      function: 'exit-transformer[1]',
      outcome,
      ms: 0.123,
      ...told,
    })
  })

  it('tells no values', () => {
    const after = { status: 401, body: { s: 'hidden' }, headers: { 'X-S': 'hidden' } }
    expect(JSON.stringify(traceStep({ ...step, after }, none))).not.toContain('hidden')
  })
})

describe('traceText()', () => {
  const entry = traceStep(step, none)
  const entries = (length: number) => Array.from({ length }, () => entry)

  it('is JSON in ASCII that no byte can break out of', () => {
    const odd = { ...entry, body: ['/é\u0000\r\n\u2028😀"'] }
    const text = traceText([odd])
    expect(text).toMatch(/^[ -~]*$/)
    expect(JSON.parse(text)).toEqual([odd])
  })

  it.each([0, 1, 40])('tells all of %d entries', (count) => {
    expect(JSON.parse(traceText(entries(count)))).toHaveLength(count)
  })

  it('leaves out what makes it longer than 4096 characters, and counts it', () => {
    const text = traceText(entries(500))
    expect(text.length).toBeLessThanOrEqual(4096)
    const told = JSON.parse(text) as { omitted?: number }[]
    expect(told.at(-1)).toEqual({ omitted: 500 - (told.length - 1) })
    expect(told.length).toBeGreaterThan(40)
  })

  it('leaves out an entry that is too long by itself', () => {
    expect(traceText([{ ...entry, body: ['x'.repeat(5000)] }])).toBe('[{"omitted":1}]')
  })
})
