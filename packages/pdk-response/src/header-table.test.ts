import { describe, expect, it } from 'vitest'
import { HeaderList } from './header-list.ts'
import {
  checkMaxHeaders,
  headerTable,
  isTruncated,
  lookUpHeader,
  lookUpHeaders,
} from './header-table.ts'

const flood = (count: number): HeaderList =>
  HeaderList.fromRaw(Array.from({ length: count }, (_, i) => [`X-${i}`, 'v']).flat())

describe('headerTable()', () => {
  it('lists by lower-case name, and a repeated name as a list', () => {
    const headers = HeaderList.fromRaw(['X-A', '1', 'x-b', '2', 'x-a', '3', 'X-A', '4'])
    expect({ ...headerTable(headers, 100) }).toEqual({ 'x-a': ['1', '3', '4'], 'x-b': '2' })
  })

  it('inherits nothing', () => {
    const table = headerTable(HeaderList.fromRaw(['__proto__', 'x', 'constructor', 'y']), 10)
    expect(Object.entries(table)).toEqual([
      ['__proto__', 'x'],
      ['constructor', 'y'],
    ])
    expect(table['toString']).toBeUndefined()
  })

  it.each([
    { count: 100, max: 100, listed: 100, cut: false },
    { count: 101, max: 100, listed: 100, cut: true },
    { count: 2, max: 1, listed: 1, cut: true },
    { count: 0, max: 1, listed: 0, cut: false },
    { count: 1000, max: 1000, listed: 1000, cut: false },
  ])('lists $listed of $count with a limit of $max', ({ count, max, listed, cut }) => {
    const table = headerTable(flood(count), max)
    expect(Object.keys(table)).toHaveLength(listed)
    expect(isTruncated(table)).toBe(cut)
  })

  it('counts content-type, content-length and connection, and never leaves them out', () => {
    const headers = flood(5)
    for (const name of ['Content-Type', 'Content-Length', 'Connection']) headers.append(name, 'v')
    expect(Object.keys(headerTable(headers, 1))).toEqual([
      'content-type',
      'content-length',
      'connection',
    ])
    expect(Object.keys(headerTable(headers, 5))).toHaveLength(5)
  })
})

describe('checkMaxHeaders()', () => {
  it.each([
    { max: undefined, answer: 100 },
    { max: null, answer: 100 },
    { max: 1, answer: 1 },
    { max: 1000, answer: 1000 },
    { max: 1.5, answer: 1 },
  ])('takes $max', ({ max, answer }) => {
    expect(checkMaxHeaders(max, 100)).toBe(answer)
  })

  it.each([
    { max: '5', message: 'max_headers must be a number' },
    { max: {}, message: 'max_headers must be a number' },
    { max: 0, message: 'max_headers must be >= 1' },
    { max: -1, message: 'max_headers must be >= 1' },
    { max: Number.NaN, message: 'max_headers must be >= 1' },
    { max: 1001, message: 'max_headers must be <= 1000' },
  ])('refuses $max', ({ max, message }) => {
    expect(() => checkMaxHeaders(max, 100)).toThrow(message)
  })
})

describe('lookUpHeader()', () => {
  const headers = HeaderList.fromRaw(['X_Old-Name', '1', 'X-New', '2', 'x-new', '3'])

  it.each([
    { name: 'x-new', first: '2', all: ['2', '3'] },
    { name: 'X_NEW', first: '2', all: ['2', '3'] },
    { name: 'x-old-name', first: '1', all: ['1'] },
    { name: 'x_old_name', first: '1', all: ['1'] },
    { name: 'xnew', first: undefined, all: [] },
    { name: 'x-new-', first: undefined, all: [] },
  ])('takes _ for - in $name', ({ name, first, all }) => {
    expect(lookUpHeader(headers, name)).toBe(first)
    expect(lookUpHeaders(headers, name)).toEqual(all)
  })
})
