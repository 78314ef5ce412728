import { describe, expect, it } from 'vitest'
import { encodePayload } from './encode-payload.ts'
import type { HttpStep } from './http-case.ts'

const FORM = 'application/x-www-form-urlencoded'

describe('encodePayload()', () => {
  it.each<{
    name: string
    step: Partial<HttpStep>
    body: string | undefined
    type: string | undefined
  }>([
    { name: 'no body', step: {}, body: undefined, type: undefined },
    { name: 'JSON', step: { json: { a: null } }, body: '{"a":null}', type: 'application/json' },
    { name: 'JSON null', step: { json: null }, body: 'null', type: 'application/json' },
    {
      name: 'a form',
      step: { form: { 'paths[]': ['/a', '/b'], n: 1 } },
      body: 'paths[]=%2Fa&paths[]=%2Fb&n=1',
      type: FORM,
    },
    {
      name: 'a form of pairs',
      step: {
        form: [
          ['a b', '&'],
          ['a b', '='],
        ],
      },
      body: 'a%20b=%26&a%20b=%3D',
      type: FORM,
    },
    { name: 'a form as text', step: { form: 'a=b&&c' }, body: 'a=b&&c', type: FORM },
    { name: 'text', step: { body: '{' }, body: '{', type: undefined },
    { name: 'another body', step: { body: [1] }, body: '[1]', type: undefined },
  ])('encodes $name', ({ step, body, type }) => {
    expect(encodePayload({ port: 'admin', ...step })).toEqual({ body, type })
  })

  it('encodes fields and files as multipart', () => {
    const file = { filename: 'f.lua', type: 'text/x-lua', content: 'return 1' }
    const { body, type } = encodePayload({ port: 'admin', multipart: { name: 'x', file } })
    const boundary = String(type).replace('multipart/form-data; boundary=', '')
    expect(body).toBe(
      [
        `--${boundary}`,
        'Content-Disposition: form-data; name="name"',
        '',
        'x',
        `--${boundary}`,
        'Content-Disposition: form-data; name="file"; filename="f.lua"',
        'Content-Type: text/x-lua',
        '',
        'return 1',
        `--${boundary}--`,
        '',
      ].join('\r\n'),
    )
  })
})
