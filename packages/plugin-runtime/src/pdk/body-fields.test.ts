import { describe, expect, it } from 'vitest'
import { checkBodyType, encodeBody, parseBody } from './body-fields.ts'

const read = (text: string, type: string | undefined): unknown => {
  const fields = parseBody(Buffer.from(text), type, 100)
  return Array.isArray(fields) ? fields : { ...fields }
}

const MULTIPART = 'multipart/form-data; boundary=XX'
const part = (name: string, value: string, more = ''): string =>
  `--XX\r\nContent-Disposition: form-data; name="${name}"${more}\r\n\r\n${value}\r\n`

describe('parseBody()', () => {
  it.each([
    { type: 'application/x-www-form-urlencoded', text: 'a=1&b=2', fields: { a: '1', b: '2' } },
    { type: 'application/json; charset=utf-8', text: '{"a":[1]}', fields: { a: [1] } },
    { type: 'Application/JSON', text: '[1]', fields: [1] },
    { type: MULTIPART, text: `${part('a', '1')}--XX--`, fields: { a: '1' } },
    {
      type: 'multipart/form-data; boundary="XX"',
      text: `${part('a', '1')}${part('a', '2')}${part('b', 'x\r\ny')}--XX--\r\n`,
      fields: { a: ['1', '2'], b: 'x\r\ny' },
    },
    {
      type: MULTIPART,
      text: `${part('f', 'content', '; filename="name=evil"\r\nContent-Type: text/plain')}--XX--`,
      fields: { f: 'content' },
    },
    { type: MULTIPART, text: 'no parts at all', fields: {} },
    { type: MULTIPART, text: part('never ended', '1'), fields: {} },
    { type: MULTIPART, text: '--XX\r\nX: y\r\n\r\nno name\r\n--XX--', fields: {} },
  ])('reads $type', ({ type, text, fields }) => {
    expect(read(text, type)).toEqual(fields)
  })

  it.each([
    { type: undefined, text: '', message: 'missing content type' },
    { type: 'text/plain', text: '', message: "unsupported content type 'text/plain'" },
    { type: 'application/json', text: '{', message: 'invalid json body' },
    { type: 'application/json', text: '', message: 'invalid json body' },
    { type: 'application/json', text: '5', message: 'invalid json body' },
    { type: 'application/json', text: 'null', message: 'invalid json body' },
    { type: 'multipart/form-data', text: '', message: 'unable to decode multipart body' },
    { type: `multipart/form-data; boundary=${'x'.repeat(201)}`, text: '', message: 'unable to' },
  ])('has no fields of $type $text', ({ type, text, message }) => {
    expect(() => read(text, type)).toThrow(message)
    expect(codeOf(() => read(text, type))).toBe('POSTERN_PLUGIN_UNAVAILABLE')
  })

  it('reads a form of very many parts in time, and not all of them', () => {
    const fields = read(`${part('a', 'x').repeat(5_000)}--XX--`, MULTIPART) as { a: string[] }
    expect(fields.a).toHaveLength(1_000)
  })
})

describe('encodeBody()', () => {
  it.each([
    { type: 'application/x-www-form-urlencoded', fields: { b: '2', a: ['1', '3'] } },
    { type: 'application/json', fields: { b: 2, a: [1, { c: null }] } },
    { type: MULTIPART, fields: { b: '2', a: ['1', '3'] } },
    { type: 'multipart/form-data', fields: { a: 'x' } },
  ])('is undone by parseBody(): $type', ({ type, fields }) => {
    const { body, contentType } = encodeBody(fields, type)
    expect({ ...parseBody(body, contentType, 100) }).toEqual(fields)
  })

  it('keeps a name from ending its line', () => {
    const { body } = encodeBody({ 'a"\r\nX: y': '1' }, MULTIPART)
    expect(Buffer.from(body).toString()).toContain('name="a%22%0D%0AX: y"')
  })

  it.each([
    { type: 'text/plain', fields: {}, message: 'unsupported content type text/plain' },
    { type: MULTIPART, fields: { k: {} }, message: 'invalid value "k": got table' },
    { type: MULTIPART, fields: { k: null }, message: 'invalid value "k": got nil' },
  ])('refuses $type', ({ type, fields, message }) => {
    expect(() => encodeBody(fields, type)).toThrow(message)
  })
})

describe('checkBodyType()', () => {
  it('refuses before anything is read', () => {
    expect(codeOf(() => checkBodyType('image/png'))).toBe('POSTERN_PLUGIN_UNAVAILABLE')
    expect(checkBodyType('application/json')).toBe('application/json')
    expect(codeOf(() => checkBodyType(5 as never))).toBe('POSTERN_PLUGIN_ARGUMENT_INVALID')
  })
})

function codeOf(call: () => unknown): unknown {
  try {
    call()
  } catch (error) {
    return (error as { code: unknown }).code
  }
  return undefined
}
