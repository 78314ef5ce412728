import { HeaderList } from '@postern/pdk-response'
import { expect, it } from 'vitest'
import { tellCharset } from './exit-charset.ts'

it.each([
  ['text/plain', 'text/plain; charset=UTF-8'],
  ['TEXT/HTML', 'TEXT/HTML; charset=UTF-8'],
  ['text/html; level=1', 'text/html; level=1; charset=UTF-8'],
  ['text/plain; charset=utf-8', 'text/plain; charset=utf-8'],
  ['text/plain;Charset=latin1', 'text/plain;Charset=latin1'],
  ['text/csv', 'text/csv'],
  ['text/plainer', 'text/plainer'],
  ['application/json', 'application/json'],
  ['', ''],
])('says of %j that it is %j', (type, told) => {
  const headers = new HeaderList()
  headers.set('Content-Type', type)
  tellCharset(headers)
  expect(headers.get('Content-Type')).toBe(told)
})

it('adds no type where there is none', () => {
  const headers = new HeaderList()
  tellCharset(headers)
  expect(headers.has('Content-Type')).toBe(false)
})
