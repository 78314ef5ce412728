import { describe, expect, it } from 'vitest'
import type { ExitFunctionContext } from '../exit-function.ts'
import { checkReadyMade, compileReadyMade, isReadyMade } from './index.ts'

describe('isReadyMade()', () => {
  it.each([
    ['ready-made: problem-json', true],
    ['  ready-made:problem-json\n', true],
    ['ready-made: anything at all', true],
    ['ready-made problem-json', false],
    ['return function() end', false],
    ['(status) => [status]', false],
    ['-- ready-made: problem-json', false],
    ['ready-made:', false],
  ])('takes %j for one: %s', (source, isOne) => {
    expect(isReadyMade(source)).toBe(isOne)
  })
})

describe('checkReadyMade()', () => {
  it.each([
    'ready-made: problem-json',
    'ready-made: problem-json {}',
    'ready-made: problem-json {"types":"https://e.test/","instances":"/"}',
    'ready-made: problem-json\n{\n  "messages": { "catalogue": { "de": { "*": "Nein" } } }\n}\n',
    'ready-made: bodies-by-type',
    'ready-made: bodies-by-type {"templates":{"text/html":"{{status}}"}}',
    'ready-made: messages-by-language {"catalogue":{"de":{"404":"Nein"}},"default":"de"}',
  ])('takes %s', (source) => {
    expect(checkReadyMade(source)).toBeUndefined()
  })

  it.each([
    ['ready-made: x', 'there is no "x"; there are problem-json, bodies-by-type'],
    ['ready-made: constructor', 'there is no "constructor"'],
    ['ready-made: problem-json {', 'its options are no JSON: '],
    ['ready-made: problem-json (1)', 'its options are no JSON: '],
    ['ready-made: problem-json [1]', 'options: '],
    ['ready-made: problem-json 1', 'options: '],
    ['ready-made: problem-json {"type":"x"}', 'options.type: unknown field'],
    ['ready-made: problem-json {"types":1}', 'options.types: expected a string'],
    ['ready-made: problem-json {"messages":{"default":"de"}}', 'catalogue has no language "de"'],
    ['ready-made: bodies-by-type {"templates":{"text/html":"{{x}}"}}', 'has {{x}}'],
    ['ready-made: messages-by-language', 'options.catalogue: required field missing'],
    ['ready-made: messages-by-language {"catalogue":{}}', 'catalogue has no language ""'],
  ])('refuses %s', (source, problem) => {
    expect(checkReadyMade(source)).toContain(problem)
    expect(() => compileReadyMade(source)).toThrow(
      expect.objectContaining({ code: 'POSTERN_EXIT_TRANSFORMER_READY_MADE_INVALID' }),
    )
  })
})

describe('compileReadyMade()', () => {
  it('makes the function with its options', () => {
    const run = compileReadyMade('ready-made: problem-json {"types":"https://e.test/"}')
    const context = {
      reason: 'router.no_route',
      requestId: 'cafe',
      message: 'no Route',
      request: { accept: undefined },
    } as ExitFunctionContext
    expect(run({ status: 404, body: undefined, headers: undefined }, context, undefined)).toEqual({
      kind: 'triple',
      status: undefined,
      body: {
        type: 'https://e.test/router.no_route',
        title: 'Not Found',
        status: 404,
        detail: 'no Route',
        instance: 'urn:request:cafe',
      },
      headers: { 'Content-Type': 'application/problem+json', Vary: 'Accept' },
    })
  })
})
