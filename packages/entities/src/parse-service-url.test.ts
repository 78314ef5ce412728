import { describe, expect, it } from 'vitest'
import { parseServiceUrl } from './parse-service-url.ts'

describe('parseServiceUrl()', () => {
  it.each<[string, string | null, string | null, number | string, string | null]>([
    ['http://a.test', 'http', 'a.test', 80, null],
    ['https://a.test', 'https', 'a.test', 443, null],
    ['https://a.test:80/', 'https', 'a.test', 80, '/'],
    ['grpcs://a.test', 'grpcs', 'a.test', 80, null],
    ['http://a.test:8080/p/q', 'http', 'a.test', 8080, '/p/q'],
    ['http://user:pw@a.test/p', 'http', 'a.test', 80, '/p'],
    ['http://[::1]:9000/x', 'http', '::1', 9000, '/x'],
    ['http://[::1]', 'http', '::1', 80, null],
    ['//a.test:443', 'https', 'a.test', 443, null],
    ['//a.test', 'http', 'a.test', 80, null],
    ['http://a.test/p?q=1#f', 'http', 'a.test', 80, '/p'],
    ['http://a.test?q=1', 'http', 'a.test?q=1', 80, null],
    ['http://a.test:x', 'http', 'a.test', 'x', null],
    ['http://', 'http', null, 80, null],
    ['a.test', 'http', null, 80, 'a.test'],
    ['HTTPS://a.test', 'HTTPS', 'a.test', 80, null],
  ])('takes %j apart', (url, protocol, host, port, path) => {
    expect(parseServiceUrl(url)).toEqual({ protocol, host, port, path })
  })

  it('changes nothing for null', () => {
    expect(parseServiceUrl(null)).toEqual({})
  })
})
