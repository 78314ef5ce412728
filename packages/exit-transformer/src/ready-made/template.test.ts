import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compileTemplate, type TemplateValues } from './template.ts'

const values: TemplateValues = {
  status: '401',
  title: 'Unauthorized',
  message: `<b>"&'</b>`,
  reason: 'key-auth.no_key',
  request_id: 'cafe',
  method: 'GET',
  host: 'example.com',
  path: '/a{{status}}',
}

describe('compileTemplate()', () => {
  it.each([
    ['text/html', '<p>{{message}}</p>', '<p>&lt;b&gt;&quot;&amp;&#39;&lt;/b&gt;</p>'],
    ['application/xml', '{{message}}', '&lt;b&gt;&quot;&amp;&#39;&lt;/b&gt;'],
    ['application/problem+xml', '{{message}}', '&lt;b&gt;&quot;&amp;&#39;&lt;/b&gt;'],
    ['application/json', '{"m":"{{message}}"}', `{"m":"<b>\\"&'</b>"}`],
    ['application/vnd.a+json', '"{{message}}"', `"<b>\\"&'</b>"`],
    ['text/plain', '{{message}}', `<b>"&'</b>`],
    ['text/html', '{{{message}}}', `<b>"&'</b>`],
    ['text/plain', '{{ status }} {{title}} {{reason}}', '401 Unauthorized key-auth.no_key'],
    ['text/plain', '{{request_id}}{{method}}{{host}}{{path}}', 'cafeGETexample.com/a{{status}}'],
    ['text/plain', 'no place, { }, {status}', 'no place, { }, {status}'],
    ['application/json', '{"a":{"b":{{status}}}}', '{"a":{"b":401}}'],
    ['text/plain', '', ''],
  ])('for %s fills %j in as %j', (type, text, filled) => {
    expect(compileTemplate(text, type)(values)).toBe(filled)
  })

  it.each([
    ['text/plain', '{{nope}}', /the template for text\/plain has \{\{nope\}\}; there are status,/],
    ['text/plain', '{{}}', /has \{\{\}\}/],
    ['text/plain', '{{{constructor}}}', /has \{\{constructor\}\}/],
    ['image/svg', '{{status}}', /nobody knows how to escape for image\/svg/],
    ['application/octet-stream', '', /nobody knows how to escape/],
  ])('for %s refuses %j', (type, text, message) => {
    expect(() => compileTemplate(text, type)).toThrow(
      expect.objectContaining({
        code: 'POSTERN_EXIT_TRANSFORMER_READY_MADE_INVALID',
        message: expect.stringMatching(message),
      }),
    )
  })

  it('lets no message break out of JSON or of HTML', () => {
    const json = compileTemplate('{"m":"{{message}}"}', 'application/json')
    const html = compileTemplate('{{message}}', 'text/html')
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (message) => {
        expect(JSON.parse(json({ ...values, message }))).toEqual({ m: message })
        expect(html({ ...values, message })).not.toMatch(/[<>"']/)
      }),
    )
  })
})
