import { describe, expect, it } from 'vitest'
import { textBuffer } from './text-buffer.ts'

const body = () => textBuffer(new TextEncoder().encode('{"a":"b c"}')) as Buffer & string

describe('textBuffer()', () => {
  it.each<readonly [string, (value: Buffer & string) => unknown, unknown]>([
    ['a Buffer', (value) => Buffer.isBuffer(value), true],
    ['bytes', (value) => value[0], 123],
    ['a length in bytes', (value) => value.length, 11],
    ['text', String, '{"a":"b c"}'],
    ['JSON', (value) => JSON.parse(value) as unknown, { a: 'b c' }],
    ['text in a template', (value) => `<${value}>`, '<{"a":"b c"}>'],
    ['text by +', (value) => value + '!', '{"a":"b c"}!'],
    ['toUpperCase', (value) => value.toUpperCase(), '{"A":"B C"}'],
    ['replace', (value) => value.replace('b', 'x'), '{"a":"x c"}'],
    ['replace by a function', (value) => value.replace(/b/, (b) => b + b), '{"a":"bb c"}'],
    ['split', (value) => value.split(' '), ['{"a":"b', 'c"}']],
    ['match', (value) => value.match(/b/)?.index, 6],
    ['startsWith', (value) => value.startsWith('{"a'), true],
    ['endsWith', (value) => value.endsWith('{'), false],
    ['includes', (value) => value.includes('b c'), true],
    ['indexOf', (value) => value.indexOf('b'), 6],
    ['substring', (value) => value.substring(1, 4), '"a"'],
    ['trim', (value) => value.trim(), '{"a":"b c"}'],
    ['a hash of its bytes', (value) => Buffer.concat([value]).length, 11],
  ])('is %s', (_, use, expected) => {
    expect(use(body())).toEqual(expected)
  })
})
