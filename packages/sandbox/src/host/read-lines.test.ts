import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createLineReader } from './read-lines.ts'

describe('createLineReader()', () => {
  it('reads the same lines however the bytes are cut', () => {
    const lines = fc.array(fc.string({ unit: 'grapheme' }).map((text) => text.replaceAll('\n', '')))
    fc.assert(
      fc.property(lines, fc.integer({ min: 1, max: 9 }), (sent, size) => {
        const bytes = Buffer.from(sent.map((line) => `${line}\n`).join(''))
        const reader = createLineReader()
        const read: string[] = []
        for (let at = 0; at < bytes.length; at += size) {
          // One memory for all reads, as the process uses it.
          read.push(...reader.push(Buffer.from(bytes.subarray(at, at + size))))
        }
        expect(read).toEqual(sent.map((line) => Buffer.from(line).toString()))
      }),
    )
  })

  it('keeps an open line until it ends', () => {
    const reader = createLineReader()
    expect(reader.push(Buffer.from('{"a"'))).toEqual([])
    expect(reader.push(Buffer.from(':1}\n{'))).toEqual(['{"a":1}'])
    expect(reader.push(Buffer.from('}\n'))).toEqual(['{}'])
  })
})
