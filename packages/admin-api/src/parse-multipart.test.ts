import { describe, expect, it } from 'vitest'
import { parseMultipart } from './parse-multipart.ts'

const TYPE = 'multipart/form-data; boundary=tea'

function part(name: string, content: string, more = ''): string {
  return `--tea\r\nContent-Disposition: form-data; name="${name}"${more}\r\n\r\n${content}\r\n`
}

const parse = (body: string | Buffer, type = TYPE) => parseMultipart(Buffer.from(body), type)

describe('parseMultipart()', () => {
  it('reads fields in their order, repeated ones too', async () => {
    const body = `${part('a[]', '1')}${part('b', '')}${part('a[]', '2')}--tea--\r\n`
    expect(await parse(body)).toEqual([
      ['a[]', '1'],
      ['b', ''],
      ['a[]', '2'],
    ])
  })

  it('takes the content of a file as it is', async () => {
    const content = 'return function() end\n-- a=b&c=%41+d\r\n\r\n  é'
    const file = '; filename="f.lua"\r\nContent-Type: application/octet-stream'
    expect(await parse(`${part('config.functions', content, file)}--tea--\r\n`)).toEqual([
      ['config.functions', content],
    ])
  })

  it('takes a body without a byte as a form without fields, also without boundary', async () => {
    expect(await parse('', 'multipart/form-data')).toEqual([])
  })

  it('takes a part of a megabyte', async () => {
    const [[, value]] = (await parse(`${part('a', 'x'.repeat(1_000_000))}--tea--\r\n`)) as [
      [string, string],
    ]
    expect(value).toHaveLength(1_000_000)
  })

  it('leaves parts without a name out', async () => {
    const nameless = '--tea\r\nContent-Disposition: form-data\r\n\r\nx\r\n'
    expect(await parse(`${nameless}${part('a', '1')}--tea--\r\n`)).toEqual([['a', '1']])
  })

  it.each([
    { title: 'no boundary', body: 'x', type: 'multipart/form-data' },
    { title: 'another boundary', body: `${part('a', '1')}--tea--\r\n`, type: `${TYPE}pot` },
    { title: 'a part that is cut off', body: part('a', 'half of it').slice(0, -4), type: TYPE },
    { title: 'headers that are cut off', body: '--tea\r\nContent-Disp', type: TYPE },
    { title: 'no end', body: part('a', '1'), type: TYPE },
    { title: 'binary garbage', body: Buffer.alloc(5000, 0xfe), type: TYPE },
    {
      title: 'text that is not UTF-8',
      body: Buffer.from(`${part('a', '\xff')}--tea--\r\n`, 'latin1'),
      type: TYPE,
    },
  ])('refuses $title', async ({ body, type }) => {
    await expect(parse(body, type)).rejects.toThrow('Cannot parse multipart body')
  })

  it.each([
    { parts: 1000, isFine: true },
    { parts: 1001, isFine: false },
  ])('takes $parts parts: $isFine', async ({ parts, isFine }) => {
    const body = `${Array.from({ length: parts }, (_, i) => part(`a${i}`, 'x')).join('')}--tea--\r\n`
    if (isFine) expect(await parse(body)).toHaveLength(parts)
    else await expect(parse(body)).rejects.toThrow('Too many arguments')
  })
})
