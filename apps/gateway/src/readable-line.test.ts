import { describe, expect, it } from 'vitest'
import { readableLine } from './readable-line.ts'

const line = (facts: object) =>
  readableLine(
    JSON.stringify({ level: 'warn', time: '2026-01-02T03:04:05.000Z', pid: 7, ...facts }),
  )
    // The hour is that of whoever reads it.
    .replace(/^\d\d:\d\d/, 'HH:MM')

describe('readableLine()', () => {
  it.each([
    [{ msg: 'text' }, 'HH:MM:05 warn text'],
    [{ msg: 'text', count: 2, name: 'a b' }, 'HH:MM:05 warn text count=2 name="a b"'],
    [{ problem: 'x' }, 'HH:MM:05 warn  problem="x"'],
    [{ msg: 'one\n\ttwo' }, 'HH:MM:05 warn one\n\ttwo'],
    [{ msg: 'a\u001b[31mb\rc' }, 'HH:MM:05 warn a\uFFFD[31mb\uFFFDc'],
    [{ msg: 'x', by: '\u001b[2J' }, 'HH:MM:05 warn x by="\\u001b[2J"'],
  ])('writes %j as %j', (facts, text) => {
    expect(line(facts)).toBe(text)
  })
})
