import { describe, expect, it } from 'vitest'
import { echoBody, startServer } from './start-server.ts'

const HOST = 'Host: example.com\r\n'
const GET = `GET / HTTP/1.1\r\n${HOST}`

/** What uNetworking/h1spec asks of a server, told in our own words: one case a line. */
const REFUSED: readonly [what: string, bytes: string, statuses: readonly number[]][] = [
  ['a request without a version', `GET / \r\n\r\n`, [400]],
  ['a request line that is broken', `GET / HTTP\r\n\r\n`, [400, 505]],
  ['a header with a character that no name has', `${GET}X-Invalid[]: test\r\n\r\n`, [400]],
  ['a header without a name', `${GET}: test\r\n\r\n`, [400]],
  ['a space before the colon', `${GET}X-Test : test\r\n\r\n`, [400]],
  ['no Host', 'GET / HTTP/1.1\r\n\r\n', [400]],
  ['two Hosts', `${GET}Host: other.com\r\n\r\n`, [400]],
  [
    'a negative length that overflows',
    `POST / HTTP/1.1\r\n${HOST}Content-Length: -123456789123456789123456789\r\n\r\n`,
    [400],
  ],
  ['a negative length', `POST / HTTP/1.1\r\n${HOST}Content-Length: -1234\r\n\r\n`, [400]],
  ['a length that is no number', `POST / HTTP/1.1\r\n${HOST}Content-Length: abc\r\n\r\n`, [400]],
  ['a control character in a value', `${GET}X-Bad: test\x07\r\n\r\n`, [400]],
  ['a version that is none', `GET / HTTP/9.9\r\n${HOST}\r\n`, [400, 505]],
  ['a prefix before the method', `Extra lineGET / HTTP/1.1\r\n${HOST}\r\n`, [400]],
  ['lines that end in CR alone', `GET / HTTP/1.1\r${HOST}\r\r`, [400]],
  [
    'both framings',
    `POST / HTTP/1.1\r\n${HOST}Content-Length: 10\r\nTransfer-Encoding: chunked\r\n\r\n`,
    [400],
  ],
  ['a folded header', `${GET}X-Test: a\r\n b\r\n\r\n`, [400]],
  [
    'a chunk whose size is no number',
    `POST / HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\n\r\nxyz\r\n`,
    [400],
  ],
  [
    'a chunk that is longer than it says',
    `POST / HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\n\r\n1\r\nab\r\n`,
    [400],
  ],
]

/** A part of a request, or one that came in parts: the server waits. */
const WAITED_FOR: readonly [what: string, bytes: string][] = [
  ['a part of the method', 'GE'],
  ['the method', 'GET '],
  ['a part of the target', 'GET /hello'],
  ['the target', 'GET /hello '],
  ['a part of the version', 'GET /hello HTTP'],
  ['the request line', 'GET /hello HTTP/1.1'],
  ['the request line and CR', 'GET /hello HTTP/1.1\r'],
  ['the request line and CRLF', 'GET /hello HTTP/1.1\r\n'],
  ['a part of a name', `GET /hello HTTP/1.1\r\nHos`],
  ['a part of a value', `GET /hello HTTP/1.1\r\nHost: loc`],
  ['a header without its end', `GET /hello HTTP/1.1\r\nHost: localhost\r\n`],
  ['all but the last LF', `GET /hello HTTP/1.1\r\nHost: localhost\r\n\r`],
]

const ACCEPTED: readonly [what: string, bytes: string, body: string][] = [
  ['a GET', `${GET}\r\n`, ''],
  ['a GET with white space around values, and none', `${GET}X-A:  \t b \t\r\nX-Empty:\r\n\r\n`, ''],
  ['a POST with its length', `POST / HTTP/1.1\r\n${HOST}Content-Length: 5\r\n\r\nhello`, 'hello'],
]

describe('the 33 expectations of h1spec', () => {
  it('are 33', () => {
    expect(REFUSED.length + WAITED_FOR.length + ACCEPTED.length).toBe(33)
  })

  it.each(REFUSED)('refuses %s', async (_what, bytes, statuses) => {
    const { send } = await startServer(echoBody)
    const answer = await send(bytes)
    expect(statuses).toContain(Number(answer.slice(9, 12)))
    expect(answer.split('HTTP/1.1').length).toBe(2)
  })

  it.each(WAITED_FOR)('waits for the rest after %s', async (_what, bytes) => {
    const { connect } = await startServer(echoBody)
    const client = await connect()
    client.write(bytes)
    // A whole request on another connection is answered meanwhile: the first is not.
    const other = await connect()
    other.write(`${GET}\r\n`)
    await other.until('\r\n\r\n')
    expect(client.received).toBe('')
    client.write(`GET /hello HTTP/1.1\r\nHost: localhost\r\n\r\n`.slice(bytes.length))
    expect(await client.until('\r\n\r\n')).toMatch(/^HTTP\/1\.1 200 OK\r\n/)
  })

  it.each(ACCEPTED)('accepts %s', async (_what, bytes, body) => {
    const { connect } = await startServer(echoBody)
    const client = await connect()
    client.write(bytes)
    const answer = await client.until(`\r\n\r\n${body}`)
    expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\n/)
    expect(answer.endsWith(`\r\n\r\n${body}`)).toBe(true)
  })
})
