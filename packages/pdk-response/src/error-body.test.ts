import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { dataOfErrorBody, errorBody } from './error-body.ts'
import { compileTemplate, DEFAULT_TEMPLATES } from './error-templates.ts'

describe('dataOfErrorBody()', () => {
  it('is what the text of the last error would be parsed to, whatever its message', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string(), (message, requestId) => {
        const { body } = errorBody({ message, requestId })
        expect(dataOfErrorBody(body)).toEqual(JSON.parse(body))
      }),
    )
  })

  it('is a new object each time, so that nobody changes what another one is given', () => {
    const { body } = errorBody({ message: 'no', requestId: '1' })
    expect(dataOfErrorBody(body)).not.toBe(dataOfErrorBody(body))
  })

  it.each([
    ['an error before the last', errorBody({ message: 'a', requestId: '1' }).body],
    ['no text', ''],
    ['other text', '{}'],
  ])('is nothing for %s', (_, text) => {
    errorBody({ message: 'b', requestId: '2' })
    expect(dataOfErrorBody(text)).toBeUndefined()
  })

  it('is nothing for the template of an operator, which may say anything', () => {
    const templates = { ...DEFAULT_TEMPLATES, json: compileTemplate('json', '{"error":"%s"}') }
    const { body } = errorBody({ message: 'no', requestId: '1', templates })
    expect(dataOfErrorBody(body)).toBeUndefined()
  })
})
