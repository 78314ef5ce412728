import { availableParallelism } from 'node:os'
import { describe, expect, it } from 'vitest'
import type { ConfigKey, KeyType } from './config-keys.ts'
import { readValue } from './read-value.ts'

function key(type: KeyType, changes: Partial<ConfigKey> = {}): ConfigKey {
  return { default: null, description: 'for a test', ...type, ...changes } as ConfigKey
}

const WORKERS = key({ type: 'integer', min: 0, max: 8, auto: true })
const SECONDS = key({ type: 'number', min: 0.5, max: 10 })
const FLAVOR = key({ type: 'enum', values: ['a', 'b'] })
const SIZE = key({ type: 'size' })
const TIME = key({ type: 'duration', min: 500, max: 60_000 })
const LIST = key({ type: 'list' })
const ADDRESSES = key({ type: 'addresses' })
const TOKENS = key({ type: 'header tokens' })
const FLAG = key({ type: 'boolean' })

describe('readValue()', () => {
  it.each([
    { name: 'integer', key: WORKERS, text: '0', value: 0 },
    { name: 'integer', key: WORKERS, text: '8', value: 8 },
    { name: 'integer', key: WORKERS, text: 'auto', value: availableParallelism() },
    { name: 'number', key: SECONDS, text: '0.5', value: 0.5 },
    { name: 'number', key: SECONDS, text: '10', value: 10 },
    { name: 'enum', key: FLAVOR, text: ' b ', value: 'b' },
    { name: 'boolean', key: FLAG, text: 'on', value: true },
    { name: 'boolean', key: FLAG, text: 'true', value: true },
    { name: 'boolean', key: FLAG, text: 'off', value: false },
    { name: 'boolean', key: FLAG, text: 'false', value: false },
    { name: 'size', key: SIZE, text: '0', value: 0 },
    { name: 'size', key: SIZE, text: '8k', value: 8192 },
    { name: 'size', key: SIZE, text: '10M', value: 10_485_760 },
    { name: 'size', key: SIZE, text: '2g', value: 2_147_483_648 },
    { name: 'duration', key: TIME, text: '30', value: 30_000 },
    { name: 'duration', key: TIME, text: '30s', value: 30_000 },
    { name: 'duration', key: TIME, text: '500MS', value: 500 },
    { name: 'duration', key: TIME, text: '1m', value: 60_000 },
    { name: 'list', key: LIST, text: 'a, b ,,c', value: ['a', 'b', 'c'] },
    { name: 'list', key: LIST, text: 'off', value: [] },
    {
      name: 'addresses',
      key: ADDRESSES,
      text: '10.0.0.0/8, ::1, unix:',
      value: ['10.0.0.0/8', '::1', 'unix:'],
    },
    { name: 'addresses', key: ADDRESSES, text: '0.0.0.0/0,::/0', value: ['0.0.0.0/0', '::/0'] },
    {
      name: 'tokens',
      key: TOKENS,
      text: 'via, X-KONG-REQUEST-ID',
      value: ['via', 'X-KONG-REQUEST-ID'],
    },
    { name: 'tokens', key: TOKENS, text: 'off', value: [] },
    { name: 'path', key: key({ type: 'path' }), text: 'kong.yml', value: '/srv/kong.yml' },
    { name: 'path', key: key({ type: 'path' }), text: '/etc/kong.yml', value: '/etc/kong.yml' },
  ])('reads the $name "$text"', ({ key: given, text, value }) => {
    expect(readValue(given, text, '/srv')).toEqual({ ok: true, value })
  })

  it.each([
    { name: 'integer', key: WORKERS, text: '9', expected: 'a whole number from 0 to 8, or auto' },
    { name: 'integer', key: WORKERS, text: '-1', expected: 'a whole number from 0 to 8, or auto' },
    { name: 'integer', key: WORKERS, text: '1.5', expected: 'a whole number from 0 to 8, or auto' },
    { name: 'integer', key: WORKERS, text: '0x1', expected: 'a whole number from 0 to 8, or auto' },
    {
      name: 'integer',
      key: key({ type: 'integer', min: 1, max: 2 }),
      text: 'auto',
      expected: 'a whole number from 1 to 2',
    },
    { name: 'number', key: SECONDS, text: '0.4', expected: 'a number from 0.5 to 10' },
    { name: 'number', key: SECONDS, text: '10.1', expected: 'a number from 0.5 to 10' },
    { name: 'number', key: SECONDS, text: '1e1', expected: 'a number from 0.5 to 10' },
    { name: 'enum', key: FLAVOR, text: 'A', expected: 'one of a, b' },
    { name: 'boolean', key: FLAG, text: 'yes', expected: 'on or off' },
    { name: 'size', key: SIZE, text: '8kb', expected: 'a number of bytes, such as 0, 8k or 10m' },
    { name: 'size', key: SIZE, text: '-8k', expected: 'a number of bytes, such as 0, 8k or 10m' },
    ...['499ms', '61', '2m', '1.5s', '1 s', '-1', '1x'].map((text) => ({
      name: 'duration',
      key: TIME,
      text,
      expected: 'a time from 500 ms to 60000 ms, such as 30, 30s or 500ms',
    })),
    {
      name: 'size',
      key: SIZE,
      text: '999999999999g',
      expected: 'a number of bytes, such as 0, 8k or 10m',
    },
  ])('refuses the $name "$text"', ({ key: given, text, expected }) => {
    expect(readValue(given, text, '/srv')).toEqual({ ok: false, expected, offset: 0 })
  })

  it.each([
    { text: '10.0.0.0/33', offset: 0 },
    { text: '::1, ::/129', offset: 5 },
    { text: '10.0.0.1,example.com', offset: 9 },
    { text: '10.0.0.0/8/8', offset: 0 },
    { text: '10.0.0.0/', offset: 0 },
    { text: '300.0.0.1', offset: 0 },
  ])('refuses the addresses $text at character $offset', ({ text, offset }) => {
    expect(readValue(ADDRESSES, text, '/srv')).toMatchObject({ ok: false, offset })
  })

  it.each(['http2', 'proxy_protocol'])(
    'refuses to listen with %s, which nothing serves',
    (flag) => {
      const listen = key({ type: 'listen' })
      expect(readValue(listen, '0.0.0.0:8000', '/srv')).toMatchObject({ ok: true })
      expect(readValue(listen, `0.0.0.0:8000, 0.0.0.0:8443 ${flag}`, '/srv')).toMatchObject({
        ok: false,
      })
    },
  )

  it('refuses an unknown header token at its place', () => {
    expect(readValue(TOKENS, 'Via, X-Other', '/srv')).toMatchObject({ ok: false, offset: 5 })
  })

  it.each([
    { name: 'nothing for a key without default', key: key({ type: 'string' }), value: null },
    { name: 'the default', key: key({ type: 'string' }, { default: 'kong' }), value: 'kong' },
    {
      name: 'an empty list for a list',
      key: key({ type: 'list' }, { default: 'bundled' }),
      value: [],
    },
  ])('takes an empty text as $name', ({ key: given, value }) => {
    expect(readValue(given, ' ', '/srv')).toEqual({ ok: true, value })
  })

  it('refuses an empty secret, which a variable that failed to expand leaves behind', () => {
    const token = key({ type: 'string' }, { secret: true })
    expect(readValue(token, '', '/srv')).toMatchObject({ ok: false })
  })

  it('refuses a reference to a vault instead of taking it as the value', () => {
    const token = key({ type: 'string' }, { secret: true })
    expect(readValue(token, '{vault://env/token}', '/srv')).toMatchObject({ ok: false })
  })
})
