import { describe, expect, it } from 'vitest'
import { answerOfJavaScript, answerOfLua } from './exit-answer.ts'

const body = { message: 'no key' }
const headers = { 'X-A': '1' }
const input = { status: 401, body, headers }

describe('answerOfLua()', () => {
  it.each([
    { values: [], means: { kind: 'unchanged' } },
    { values: [undefined], means: { kind: 'triple' } },
    { values: [402], means: { kind: 'triple', status: 402 } },
    { values: [402, 'b'], means: { kind: 'triple', status: 402, body: 'b' } },
    { values: [402, 'b', headers, 4], means: { kind: 'triple', status: 402, body: 'b', headers } },
  ])('reads $values', ({ values, means }) => {
    expect(answerOfLua(values)).toEqual(means)
  })
})

describe('answerOfJavaScript()', () => {
  it.each([
    { returned: undefined, means: { kind: 'unchanged' } },
    { returned: [], means: { kind: 'unchanged' } },
    { returned: {}, means: { kind: 'unchanged' } },
    { returned: { status: undefined }, means: { kind: 'unchanged' } },
    { returned: [402], means: { kind: 'triple', status: 402 } },
    {
      returned: [null, 'b', null],
      means: { kind: 'triple', status: null, body: 'b', headers: null },
    },
    { returned: { status: 402 }, means: { kind: 'triple', status: 402, body, headers } },
    { returned: { body: null }, means: { kind: 'triple', body: null, headers } },
    { returned: { headers: null }, means: { kind: 'triple', body, headers: null } },
  ])('reads $returned', ({ returned, means }) => {
    expect(answerOfJavaScript(returned, input)).toEqual(means)
  })

  it.each([
    { returned: null, told: 'returned null' },
    { returned: 404, told: 'returned a number' },
    { returned: 'x', told: 'returned a string' },
    { returned: false, told: 'returned a boolean' },
    { returned: () => 1, told: 'returned a function' },
    { returned: { message: 'x' }, told: 'returned an object with "message"' },
    { returned: { status: 200, code: 1 }, told: 'returned an object with "code"' },
    { returned: { 0: 200, length: 2 ** 53 - 1 }, told: 'returned an object with "0"' },
  ])('calls $returned nonsense', ({ returned, told }) => {
    expect(answerOfJavaScript(returned, input)).toEqual({
      kind: 'nonsense',
      reason: expect.stringContaining(told) as string,
    })
  })
})
