import { describe, expect, it } from 'vitest'
import { checkRecord, type Field, typedefs } from './index.ts'

const OK = undefined
const cookieText =
  'contains one or more invalid characters. ASCII control characters (0-31;127), space, tab and ' +
  'the characters ()<>@,;:\\"/?={}[] are not allowed.'

const fieldByName = new Map<string, Field>(Object.entries(typedefs))

describe('typedefs', () => {
  it.each<[keyof typeof typedefs, unknown, unknown]>([
    ['host', 'a.com', OK],
    ['host', '[::1]', OK],
    ['host', '::1', OK],
    ['host', 'a.com:80', 'must not have a port'],
    ['host', 'a.com:99999', 'must not have a port'],
    ['host', '[::1]:80', 'must not have a port'],
    ['host', 'http://a', 'invalid value: http://a'],
    ['host_with_optional_port', 'a.com:80', OK],
    ['host_with_optional_port', 'a b', 'invalid hostname: a b'],
    ['wildcard_host', '*.a.com', OK],
    ['wildcard_host', '*.a.com:80', OK],
    ['wildcard_host', 'a.*', OK],
    ['wildcard_host', '*', 'invalid wildcard: must be placed at leftmost or rightmost label'],
    ['wildcard_host', 'a*.com', 'invalid wildcard: must be placed at leftmost or rightmost label'],
    ['wildcard_host', '*.*', 'invalid wildcard: must have at most one wildcard'],
    ['sni', 'a.com', OK],
    ['sni', '10.0.0.1', 'must not be an IP'],
    ['sni', 'a.com:443', 'must not have a port'],
    ['sni', '*.a.com', 'invalid value: *.a.com'],
    ['wildcard_sni', '*', OK],
    ['wildcard_sni', '*.a.com', OK],
    ['wildcard_sni', 'a.*', OK],
    ['wildcard_sni', 'a.*.com', 'wildcard must be leftmost or rightmost character'],
    ['wildcard_sni', '*.a.*', 'only one wildcard must be specified'],
    ['wildcard_sni', 'a.com:*', 'invalid value: a.com:wildcard'],
    ['port', 0, OK],
    ['port', 65535, OK],
    ['port', 65536, 'value should be between 0 and 65535'],
    ['timeout', 0, 'value should be between 1 and 2147483646'],
    ['timeout', 2147483646, OK],
    ['path', '/a%20b', OK],
    ['path', 'a', 'should start with: /'],
    ['path', '/a//b', 'must not have empty segments'],
    [
      'path',
      '/a b',
      "invalid path: '/a b' (characters outside of the reserved list of RFC 3986 found)",
    ],
    ['path', '/a%2', "invalid url-encoded value: '%2'"],
    ['path', '/a%2Xb', "invalid url-encoded value: '%2X'"],
    ['name', 'a.b-c_d~1', OK],
    ['name', '孔', OK],
    [
      'name',
      'a b',
      "invalid value 'a b': the only accepted ascii characters are alphanumerics or ., -, _, and ~",
    ],
    [
      'name',
      'a\n',
      "invalid value 'a\n': the only accepted ascii characters are alphanumerics or ., -, _, and ~",
    ],
    ['tag', 'a b é', OK],
    [
      'tag',
      'a,b',
      "invalid tag 'a,b': expected printable ascii (except `,` and `/`) or valid utf-8 sequences",
    ],
    [
      'tag',
      'a/b',
      "invalid tag 'a/b': expected printable ascii (except `,` and `/`) or valid utf-8 sequences",
    ],
    [
      'tag',
      'a\tb',
      "invalid tag 'a\tb': expected printable ascii (except `,` and `/`) or valid utf-8 sequences",
    ],
    ['header_name', 'X-A_1', OK],
    [
      'header_name',
      'a b',
      "bad header name 'a b', allowed characters are A-Z, a-z, 0-9, '_', and '-'",
    ],
    ['cookie_name', 'a_cookie', OK],
    ['cookie_name', 'a b', cookieText],
    ['cookie_name', 'a\u007f', cookieText],
    ['http_method', 'PATCH', OK],
    ['http_method', 'M-SEARCH', 'invalid value: M-SEARCH'],
    ['ip', '::1', OK],
    ['ip', 'fe80::1%eth0', 'not an ip address: fe80::1%eth0'],
    ['ip_or_cidr', '10.0.0.0/32', OK],
    ['ip_or_cidr', '10.0.0.0/33', "invalid ip or cidr range: '10.0.0.0/33'"],
    ['ip_or_cidr', '::/128', OK],
    ['ip_or_cidr', '::/129', "invalid ip or cidr range: '::/129'"],
    ['ip_or_cidr', '10.0.0.0/-1', "invalid ip or cidr range: '10.0.0.0/-1'"],
    ['ip_or_cidr', '10.0.0.0/', "invalid ip or cidr range: '10.0.0.0/'"],
    ['url', 'http://a', OK],
    ['url', '//a', 'missing scheme in url'],
    ['url', '/a', 'missing host in url'],
    ['headers', { 'x-a': ['1'] }, OK],
    [
      'headers',
      { 'x a': ['1'] },
      "bad header name 'x a', allowed characters are A-Z, a-z, 0-9, '_', and '-'",
    ],
    ['no_consumer', { id: 'x' }, 'value must be null'],
    [
      'protocols',
      ['http', 'tcp'],
      "these sets are mutually exclusive: ('http', 'https'), ('tcp', 'tls', 'udp')",
    ],
  ])('%s says of %j: %j', (typedef, value, expected) => {
    const field = fieldByName.get(typedef) as Field
    const checked = checkRecord({ fields: { f: field } }, { f: value })
    expect(checked.ok ? undefined : checked.violations.f).toEqual(expected)
  })
})
