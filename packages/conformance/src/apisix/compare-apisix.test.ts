import { describe, expect, it } from 'vitest'
import type { OracleAnswer, OracleCase, OracleUpstream } from '../oracle-case.ts'
import { compareApisix } from './compare-apisix.ts'

const ID = '0123456789abcdef0123456789abcdef'

function answer(parts: Partial<OracleAnswer> = {}): OracleAnswer {
  return { status: 401, headers: [], body: '{"message":"x"}', closes: false, ...parts }
}

function upstream(parts: Partial<OracleUpstream> = {}): OracleUpstream {
  return { method: 'GET', target: '/', headers: [], body: '', ...parts }
}

function compare(want: OracleAnswer | null, got: OracleAnswer | undefined): string[] {
  return compareApisix(caseOf(want, null), { answer: got, upstream: [] })
}

function caseOf(recorded: OracleAnswer | null, seen: OracleUpstream | null): OracleCase {
  const request = { method: 'GET', target: '/', headers: [['Apikey', 'k']] as const }
  return { id: 'x', config: [], request, answer: recorded, upstream: seen }
}

describe('compareApisix()', () => {
  const PAGE = '<html>\r\n<head><title>401 X</title></head>\r\n<hr><center>openresty</center>\r\n'
  const PLAIN = [['Content-Type', 'text/plain; charset=utf-8']] as const

  it.each<[title: string, want: OracleAnswer | null, got: OracleAnswer | undefined]>([
    ['no answer', null, undefined],
    ['JSON by value', answer({ body: '{"a":1,"b":2}\n' }), answer({ body: '{ "b": 2, "a": 1 }' })],
    [
      "APISIX's texts and Kong's, with the id of the request",
      answer({ body: '{"message":"Missing API key in request"}\n' }),
      answer({ body: `{\n  "message":"No API key found in request",\n  "request_id":"${ID}"\n}` }),
    ],
    [
      'no Route, as HTML',
      answer({ body: '{"error_msg":"404 Route Not Found"}\n' }),
      answer({
        body: `<!doctype html>\n<p>no Route matched with those values.</p>\n  <p>request_id: ${ID}</p>`,
      }),
    ],
    ["nginx's page and no body", answer({ body: PAGE }), answer({ body: '' })],
    [
      "nginx's page and an error of the gateway",
      answer({ body: PAGE }),
      answer({ body: `Oh\nrequest_id: ${ID}\n` }),
    ],
    [
      'headers that tell of the product',
      answer({ headers: [...PLAIN, ['Server', 'APISIX']] }),
      answer({
        headers: [
          ['Content-Type', 'application/json'],
          ['X-Kong-Request-Id', ID],
        ],
      }),
    ],
    [
      'the challenge of key-auth',
      answer({ headers: [['WWW-Authenticate', 'apikey realm="key"']] }),
      answer({ headers: [['www-authenticate', 'Key']] }),
    ],
    [
      'the challenge of a realm',
      answer({ headers: [['WWW-Authenticate', 'apikey realm="tea"']] }),
      answer({ headers: [['WWW-Authenticate', 'Key realm="tea"']] }),
    ],
  ])('takes as the same: %s', (_title, want, got) => {
    expect(compare(want, got)).toEqual([])
  })

  it.each<[got: OracleAnswer | undefined, difference: string]>([
    [undefined, 'answer: want 401, got none'],
    [answer({ status: 403 }), 'status: want 401, got 403'],
    [answer({ headers: [['X-A', '1']] }), 'x-a: want [], got ["1"]'],
    [answer({ body: '{"message":"y"}' }), 'body: want {"message":"x"}, got {"message":"y"}'],
    [answer({ body: 'x' }), 'body: want {"message":"x"}, got "x"'],
    [answer({ body: '' }), 'body: want {"message":"x"}, got ""'],
  ])('tells a difference', (got, difference) => {
    expect(compare(answer(), got)).toEqual([difference])
  })

  it('compares a type that somebody set', () => {
    const html = answer({ headers: [['Content-Type', 'text/html; charset=utf-8']] })
    const same = answer({ headers: [['Content-Type', 'text/html; charset=UTF-8']] })
    expect(compare(html, same)).toEqual([])
    expect(compare(html, answer())).toEqual([
      'content-type: want "text/html; charset=utf-8", got undefined',
    ])
  })

  it.each<[seen: OracleUpstream[], lines: number]>([
    [
      [
        upstream({
          headers: [
            ['apikey', 'k'],
            ['Via', 'x'],
          ],
        }),
      ],
      0,
    ],
    [[upstream()], 1],
    [[upstream({ target: '/other', headers: [['apikey', 'k']] })], 1],
    [[], 1],
  ])('compares what of the request reached the Service: %j', (seen, lines) => {
    const recorded = caseOf(
      answer(),
      upstream({
        headers: [
          ['apikey', 'k'],
          ['X-Real-IP', '::1'],
        ],
      }),
    )
    expect(compareApisix(recorded, { answer: answer(), upstream: seen })).toHaveLength(lines)
  })
})
