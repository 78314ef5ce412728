import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type AskedExit, askedExit, MAX_BODY_BYTES } from './asked-exits.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'postern-asked-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

function write(name: string, content: string | Uint8Array): string {
  const file = path.join(folder, name)
  writeFileSync(file, content)
  return file
}

describe('askedExit()', () => {
  it.each<{ title: string; asked: AskedExit; exit: object }>([
    {
      title: 'a missing key where nothing is said',
      asked: {},
      exit: { reason: 'key-auth.no_key' },
    },
    {
      title: 'status and reason',
      asked: { status: '403', reason: 'shop.closed' },
      exit: { status: 403, reason: 'shop.closed' },
    },
    {
      title: 'JSON as data',
      asked: { status: '403', body: '{"message":"no"}' },
      exit: { status: 403, body: { message: 'no' } },
    },
    {
      title: 'text as text',
      asked: { status: '403', body: 'no' },
      exit: { status: 403, body: 'no' },
    },
    {
      title: 'a lone JSON value as text',
      asked: { status: '403', body: '5' },
      exit: { status: 403, body: '5' },
    },
    {
      title: 'a body with half a surrogate pair',
      asked: { status: '403', body: 'a\ud800' },
      exit: { status: 403, body: 'a\ud800' },
    },
    {
      title: 'headers of the exit',
      asked: {
        status: '401',
        exitHeader: ['WWW-Authenticate: Key realm="a:b"', 'X-A: 1', 'X-A: 2'],
      },
      exit: { status: 401, headers: { 'WWW-Authenticate': 'Key realm="a:b"', 'X-A': ['1', '2'] } },
    },
    {
      title: 'the request',
      asked: {
        accept: 'text/html',
        header: ['X-B:'],
        method: 'post',
        path: '/a?b=c',
        host: 'h.test',
      },
      exit: {
        reason: 'key-auth.no_key',
        request: {
          method: 'post',
          path: '/a?b=c',
          host: 'h.test',
          headers: { 'X-B': '', Accept: 'text/html' },
        },
      },
    },
  ])('reads $title', ({ asked, exit }) => {
    expect(askedExit(asked)).toEqual(exit)
  })

  it('takes an exit as a gateway has kept it, with options over it', () => {
    const kept = {
      at: '2026-01-01T00:00:00.000Z',
      status: 401,
      body: null,
      headers: {},
      reason: 'key-auth.no_key',
      request: {
        id: 'cafe',
        method: 'GET',
        path: '/a',
        query: { x: ['1', '2'] },
        headers: { a: 'b' },
      },
      sent: { status: 200, body: 'x', headers: {} },
    }
    const file = write('kept.json', JSON.stringify(kept))
    expect(askedExit({ case: file, status: '402', accept: 'text/html' })).toEqual({
      status: 402,
      headers: {},
      reason: 'key-auth.no_key',
      request: { ...kept.request, headers: { a: 'b', Accept: 'text/html' } },
    })
  })

  it('reads a body from a file', () => {
    const file = write('body.json', '{"message":"no"}')
    expect(askedExit({ status: '403', body: `@${file}` }).body).toEqual({ message: 'no' })
  })

  it.each([
    { more: 0, isTaken: true },
    { more: 1, isTaken: false },
  ])('takes a body of 10 MiB and $more bytes: $isTaken', ({ more, isTaken }) => {
    const file = write('large.txt', 'a'.repeat(MAX_BODY_BYTES + more))
    const read = () => askedExit({ status: '403', body: `@${file}` }).body
    if (isTaken) expect(read()).toHaveLength(MAX_BODY_BYTES)
    else expect(read).toThrow(/at most 10485760/)
  })

  it.each<{ asked: AskedExit; says: RegExp }>([
    { asked: { status: 'many' }, says: /--status: expected a number/ },
    { asked: { status: '199' }, says: /status: value should be between 200 and 599/ },
    { asked: { status: '1e2' }, says: /--status/ },
    { asked: { header: ['no colon'] }, says: /--header: "no colon" is not "Name: value"/ },
    { asked: { header: [': x'] }, says: /--header/ },
    { asked: { header: ['a b: x'] }, says: /is not the name of a header/ },
    { asked: { header: ['x: a\r\nb: c'] }, says: /has a control character/ },
    { asked: { path: 'relative' }, says: /should start with: \// },
    { asked: { method: 'GET /x' }, says: /method/ },
    { asked: { body: '@nowhere' }, says: /--body: .*"nowhere".*ENOENT/ },
    { asked: { case: 'nowhere' }, says: /"nowhere".*ENOENT/ },
  ])('refuses $asked', ({ asked, says }) => {
    expect(() => askedExit(asked)).toThrow(says)
  })

  it.each([
    { title: 'broken YAML', content: 'status: [', says: /case:\d+:\d+: / },
    { title: 'a list', content: '- 1', says: /holds no exit/ },
    { title: 'nothing', content: '', says: /holds no exit/ },
    { title: 'an unknown field', content: 'statuss: 401', says: /statuss: unknown field/ },
    { title: 'bytes', content: Buffer.from([0xff, 0xfe]), says: /no text file: it is not UTF-8/ },
    { title: 'a zero byte', content: 'a\0b', says: /no text file: byte 2 is 0/ },
    {
      title: 'aliases that grow',
      content:
        'a: &a [x,x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: [*b,*b,*b,*b,*b,*b,*b,*b,*b,*b,*b]',
      says: /[Ee]xcessive alias count/,
    },
  ])('refuses a case that holds $title', ({ content, says }) => {
    const file = write('case', content)
    expect(() => askedExit({ case: file })).toThrow(says)
  })
})
