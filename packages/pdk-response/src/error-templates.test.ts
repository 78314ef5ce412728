import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compileTemplate, DEFAULT_TEMPLATES } from './error-templates.ts'

describe('compileTemplate()', () => {
  it.each([
    { text: 'no places', made: 'no places' },
    { text: '<p>%s</p>', made: '<p>M &amp; &lt;m&gt; &quot;</p>' },
    { text: '%s (%s)', made: 'M &amp; &lt;m&gt; &quot; (id)' },
    { text: '%s%s%s', made: 'M &amp; &lt;m&gt; &quot;id' },
    { text: '100%% %s', made: '100% M &amp; &lt;m&gt; &quot;' },
    { text: '%%s %s', made: '%s M &amp; &lt;m&gt; &quot;' },
    { text: '', made: '' },
  ])('fills $text', ({ text, made }) => {
    expect(compileTemplate('html', text)('M & <m> "', 'id')).toBe(made)
  })

  it('does not fill in what it has filled in', () => {
    expect(compileTemplate('plain', '%s|%s')('%s', '%s')).toBe('%s|%s')
  })

  it('makes valid JSON of any message and any id', () => {
    const own = compileTemplate('json', '{"error":"%s","id":"%s"}')
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string(), (message, id) => {
        expect(JSON.parse(own(message, id))).toEqual({ error: message, id })
        expect(JSON.parse(DEFAULT_TEMPLATES.json(message, id))).toEqual({
          message,
          request_id: id,
        })
      }),
    )
  })

  it('lets no message open a tag', () => {
    fc.assert(
      fc.property(fc.string(), (message) => {
        for (const type of ['html', 'xml'] as const) {
          const opened = (text: string): number => text.split('<').length
          expect(opened(DEFAULT_TEMPLATES[type](message, 'id'))).toBe(
            opened(DEFAULT_TEMPLATES[type]('', 'id')),
          )
        }
      }),
    )
  })
})
