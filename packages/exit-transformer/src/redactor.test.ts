import { describe, expect, it } from 'vitest'
import { createRedactor, secretValues } from './redactor.ts'

describe('createRedactor()', () => {
  it.each([
    ['Authorization', true],
    ['set_cookie', true],
    ['Set-Cookie', true],
    ['X-My-Key', true],
    ['x_my_key', true],
    ['PASSWORD', true],
    ['X-Auth-Token', true],
    ['X-Token-Type', false],
    ['message', false],
    ['constructor', false],
  ])('takes the name %s for a secret: %s', (name, isSecret) => {
    expect(createRedactor(['X_My_Key'], []).hasSecretName(name)).toBe(isSecret)
  })

  it.each([
    ['12345', 'a 12345 b'],
    ['123456', 'a REDACTED b'],
  ])('looks for values from 6 characters on: %s', (value, text) => {
    expect(createRedactor([], [value]).clean(`a ${value} b`)).toBe(text)
  })

  it('takes out a secret that holds another one as a whole', () => {
    const redactor = createRedactor([], ['secret', 'secret-longer'])
    expect(redactor.clean('secret-longer secret')).toBe('REDACTED REDACTED')
  })

  it('takes what looks like a pattern literally', () => {
    expect(createRedactor([], ['$&.*(x)']).clean('a $&.*(x) b aaaxxx')).toBe('a REDACTED b aaaxxx')
  })
})

describe('secretValues()', () => {
  const isSecret = (name: string): boolean => name !== 'accept'

  it.each<[Record<string, unknown>, string, boolean]>([
    [{ authorization: 'Bearer abcdef' }, 'abcdef', true],
    [{ authorization: 'Bearer abcdef' }, 'Bearer abcdef', true],
    [{ authorization: 'Bearer abcdef' }, 'Bearer', false],
    [{ cookie: 'sid=abcdef; theme=dark==' }, 'abcdef', true],
    [{ cookie: 'sid=abcdef; theme=dark==' }, 'dark==', true],
    [{ cookie: 'sid=abcdef' }, 'sid', false],
    [{ apikey: ['first-one', 'second-one'] }, 'second-one', true],
    [{ accept: 'text/html' }, 'text/html', false],
    [{ apikey: true }, 'true', false],
  ])('in %j, %s is one: %s', (fields, value, isThere) => {
    expect(secretValues(fields, isSecret).includes(value)).toBe(isThere)
  })
})
