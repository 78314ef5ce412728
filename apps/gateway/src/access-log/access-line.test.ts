import type { Consumer, Route, Service } from '@postern/entities'
import { HeaderList } from '@postern/pdk-response'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { accessLine, type LoggedRequest, MAX_TEXT } from './access-line.ts'

const STARTED_AT_MS = 1_795_000_000_123

/** A request that was proxied, with what a test says otherwise. */
function request(
  changes: Partial<Omit<LoggedRequest, 'request'>> = {},
  facts: Partial<LoggedRequest['request']> = {},
): LoggedRequest {
  return {
    request: {
      id: '0123456789abcdef0123456789abcdef',
      clientAddress: '192.0.2.1',
      method: 'GET',
      scheme: 'https',
      host: 'api.test',
      rawPath: '/orders/7',
      httpVersion: 1.1,
      headers: new HeaderList(),
      startedAtMs: STARTED_AT_MS,
      ...facts,
    },
    response: { status: 200 },
    exchange: { bytesRead: 100, bytesWritten: 2000 },
    route: undefined,
    service: undefined,
    consumer: undefined,
    exit: undefined,
    serviceResponse: undefined,
    tries: [],
    proxiedAtMs: 0,
    answeredAtMs: 0,
    isDelivered: true,
    ...changes,
  }
}

function fieldsOf(ctx: LoggedRequest, tookMs = 12): Record<string, unknown> {
  const line = accessLine(ctx, STARTED_AT_MS + tookMs)
  expect(line).toMatch(/^[ -~]*\n$/)
  return JSON.parse(line) as Record<string, unknown>
}

const route = { id: 'r-1', name: 'orders' } as Route
const service = { id: 's-1', name: null } as unknown as Service
const consumer = { id: 'c-1', username: 'zoë' } as Consumer
const exit = {
  status: 401,
  body: undefined,
  headers: undefined,
  source: 'exit',
  kind: 'ordinary',
  reason: 'key-auth.no_key',
  message: undefined,
  phase: 'access',
  plugin: 'key-auth',
} as const

describe('accessLine()', () => {
  it('tells a request that was answered here', () => {
    expect(fieldsOf(request({ exit, response: { status: 401 } }))).toEqual({
      time: new Date(STARTED_AT_MS).toISOString(),
      request_id: '0123456789abcdef0123456789abcdef',
      client_ip: '192.0.2.1',
      method: 'GET',
      scheme: 'https',
      host: 'api.test',
      path: '/orders/7',
      http_version: '1.1',
      status: 401,
      request_bytes: 100,
      response_bytes: 2000,
      total_ms: 12,
      kong_ms: 12,
      exit_reason: 'key-auth.no_key',
      exit_plugin: 'key-auth',
    })
  })

  it('tells whose request it was and who answered it', () => {
    const tries = [
      { ip: '10.0.0.1', port: 80, balancer_start: 0 },
      { ip: '::1', port: 8080, balancer_start: 0 },
    ]
    const serviceResponse = { status: 203, headers: new HeaderList(), body: undefined }
    const [proxiedAtMs, answeredAtMs] = [STARTED_AT_MS + 2, STARTED_AT_MS + 9]
    const parts = { route, service, consumer, tries, serviceResponse, proxiedAtMs, answeredAtMs }
    expect(fieldsOf(request(parts))).toMatchObject({
      route: 'orders',
      route_id: 'r-1',
      service_id: 's-1',
      consumer: 'zoë',
      consumer_id: 'c-1',
      upstream: '[::1]:8080',
      tries: 2,
      upstream_status: 203,
      total_ms: 12,
      kong_ms: 5,
      upstream_ms: 7,
    })
  })

  it('leaves out the names of what has none', () => {
    expect(fieldsOf(request({ service }))).not.toHaveProperty('service')
  })

  it('says when the client did not get all of the answer', () => {
    expect(fieldsOf(request({ isDelivered: false }))).toMatchObject({ incomplete: true })
    expect(fieldsOf(request())).not.toHaveProperty('incomplete')
  })

  it.each([
    { referer: 'http://a.test/b?apikey=secret', told: 'http://a.test/b' },
    { referer: 'http://a.test/b#token=secret', told: 'http://a.test/b' },
    { referer: '?secret', told: undefined },
    { referer: 'http://a.test/b', told: 'http://a.test/b' },
  ])('tells of the referer $referer only $told', ({ referer, told }) => {
    const headers = HeaderList.fromRaw(['Referer', referer])
    expect(fieldsOf(request({}, { headers })).referer).toBe(told)
  })

  it('tells neither keys nor cookies', () => {
    const raw = ['apikey', 'S3CRET', 'Authorization', 'S3CRET', 'Cookie', 'S3CRET']
    const ctx = request({ consumer }, { headers: HeaderList.fromRaw(raw) })
    expect(accessLine(ctx, STARTED_AT_MS)).not.toContain('S3CRET')
  })

  it.each([MAX_TEXT - 1, MAX_TEXT, MAX_TEXT + 1])(
    'tells at most so much of a path of %d',
    (length) => {
      const rawPath = 'x'.repeat(length)
      expect(fieldsOf(request({}, { rawPath })).path).toBe('x'.repeat(Math.min(length, MAX_TEXT)))
    },
  )

  it('does not go below zero when the clock is set back', () => {
    const times = { proxiedAtMs: STARTED_AT_MS + 9, answeredAtMs: STARTED_AT_MS + 2 }
    const none = { total_ms: 0, kong_ms: 0, upstream_ms: 0 }
    expect(fieldsOf(request(times), -5)).toMatchObject(none)
  })

  it('gives back what a client sent, in one line of ASCII', () => {
    const text = fc.string({ unit: 'binary', maxLength: 200 })
    fc.assert(
      fc.property(text, text, text, text, text, (method, host, rawPath, userAgent, name) => {
        const headers = HeaderList.fromRaw(['user-agent', userAgent])
        const named = { ...consumer, username: name }
        const fields = fieldsOf(request({ consumer: named }, { method, host, rawPath, headers }))
        expect(fields).toMatchObject({ method, host, path: rawPath })
        expect(fields.user_agent).toBe(userAgent === '' ? undefined : userAgent)
        expect(fields.consumer).toBe(name)
      }),
    )
  })
})
