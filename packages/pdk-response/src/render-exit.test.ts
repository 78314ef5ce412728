import { describe, expect, it } from 'vitest'
import type { Exit } from './exit.ts'
import { HeaderList } from './header-list.ts'
import { canHaveBody, renderExit } from './render-exit.ts'
import { DEFAULT_RESPONSE_SETTINGS, type RenderHost } from './response-host.ts'
import { createResponseState, sourceOf } from './response-state.ts'

interface HostFacts {
  readonly method?: string
  readonly httpVersion?: number
  readonly headers?: readonly string[]
  readonly set?: readonly string[]
}

function host(facts: HostFacts = {}): RenderHost & { warnings: string[] } {
  const response = createResponseState()
  response.headers = HeaderList.fromRaw(facts.set ?? [])
  const warnings: string[] = []
  return {
    request: {
      id: 'cafe',
      method: facts.method ?? 'GET',
      httpVersion: facts.httpVersion ?? 1.1,
      headers: HeaderList.fromRaw(facts.headers ?? []),
    },
    response,
    settings: DEFAULT_RESPONSE_SETTINGS,
    log: { warn: (...values) => void warnings.push(values.join('')) },
    warnings,
  }
}

function exit(part: Partial<Exit>): Exit {
  return {
    status: 200,
    body: undefined,
    headers: undefined,
    source: 'exit',
    kind: 'ordinary',
    reason: 'test',
    message: undefined,
    phase: 'access',
    plugin: 'test',
    ...part,
  }
}

describe('renderExit()', () => {
  it.each([
    { status: 200, method: 'GET', body: 'abc', sent: 'abc', length: '3' },
    { status: 200, method: 'HEAD', body: 'abc', sent: undefined, length: '3' },
    { status: 200, method: 'GET', body: '', sent: undefined, length: '0' },
    { status: 200, method: 'GET', body: undefined, sent: undefined, length: '0' },
    { status: 204, method: 'GET', body: 'abc', sent: undefined, length: undefined },
    { status: 204, method: 'GET', body: undefined, sent: undefined, length: undefined },
    { status: 304, method: 'GET', body: 'abc', sent: undefined, length: undefined },
    { status: 599, method: 'GET', body: '\u20ac', sent: '\u20ac', length: '3' },
  ])('sends $sent for $method $status with body $body', (row) => {
    const at = host({ method: row.method })
    const rendered = renderExit(exit({ status: row.status, body: row.body }), at)
    expect(rendered.body).toBe(row.sent)
    expect(at.response.headers.get('content-length')).toBe(row.length)
    expect(at.response.status).toBe(row.status)
    expect(rendered.lengthMismatch).toBe(false)
  })

  it('drops the content type of a 204', () => {
    const at = host()
    renderExit(exit({ status: 204, body: { a: 1 } }), at)
    expect(at.response.headers.toRaw()).toEqual([])
  })

  it('sends bytes untouched', () => {
    const bytes = new Uint8Array([0, 255, 128])
    const at = host()
    expect(renderExit(exit({ body: bytes }), at).body).toBe(bytes)
    expect(at.response.headers.get('content-length')).toBe('3')
  })

  it.each([
    { given: '3', kept: '3', mismatch: false },
    { given: 3, kept: '3', mismatch: false },
    { given: '100', kept: '100', mismatch: true },
    { given: '1', kept: '1', mismatch: true },
    { given: 'abc', kept: '3', mismatch: false },
    { given: '-1', kept: '3', mismatch: false },
    { given: '1e2', kept: '3', mismatch: false },
    { given: '3, 4', kept: '3', mismatch: false },
    { given: '', kept: '3', mismatch: false },
  ])('keeps a Content-Length of $given only where it is a number', (row) => {
    const at = host()
    const rendered = renderExit(exit({ body: 'abc', headers: { 'Content-Length': row.given } }), at)
    expect(at.response.headers.getAll('content-length')).toEqual([row.kept])
    expect(rendered.lengthMismatch).toBe(row.mismatch)
  })

  it('takes away how a body it replaces was framed and encoded', () => {
    const set = ['Transfer-Encoding', 'chunked', 'Content-Encoding', 'gzip', 'X-Up', '1']
    const at = host({ set })
    renderExit(exit({ body: 'x', phase: 'header_filter' }), at)
    expect(at.response.headers.toRaw()).toEqual(['X-Up', '1', 'Content-Length', '1'])
  })

  it('keeps a Content-Encoding that was set for the body of the exit itself', () => {
    const at = host({ set: ['Content-Encoding', 'gzip'] })
    renderExit(exit({ body: 'x' }), at)
    expect(at.response.headers.get('content-encoding')).toBe('gzip')
  })

  it('tells the source', () => {
    const at = host()
    renderExit(exit({}), at)
    expect(sourceOf(at.response)).toBe('exit')
    renderExit(exit({ source: 'error' }), at)
    expect(sourceOf(at.response)).toBe('error')
  })

  it.each([
    { what: 'a function in the body', body: { f: () => 1 }, reason: 'Cannot serialise function' },
    { what: 'a deep function', body: { a: [{ f: () => 1 }] }, reason: 'Cannot serialise function' },
    { what: 'a bigint', body: { n: 1n }, reason: 'BigInt' },
    { what: 'a body that contains itself', body: circular(), reason: 'circular' },
    {
      what: 'a toJSON that throws',
      body: {
        toJSON: () => {
          throw new Error('no')
        },
      },
      reason: 'no',
    },
    {
      what: 'a toJSON that throws a text',
      body: {
        toJSON: () => {
          throw 'no'
        },
      },
      reason: 'no',
    },
    {
      what: 'a toJSON without value',
      body: { toJSON: () => undefined },
      reason: 'Cannot serialise',
    },
  ])('answers 500 for $what, and says why to the operator', ({ body, reason }) => {
    const at = host({ set: ['X-Before', '1'] })
    const rendered = renderExit(exit({ status: 200, body }), at)
    expect(rendered.status).toBe(500)
    expect(rendered.failure?.message).toContain('body encoding failed while flushing response')
    expect(rendered.failure?.message).toContain(reason)
    expect(rendered.body).toBe('An unexpected error occurred\nrequest_id: cafe\n')
    expect(sourceOf(at.response)).toBe('error')
  })

  it.each([100, 101, 199])('answers 500 for the interim status %i', (status) => {
    const rendered = renderExit(exit({ status }), host())
    expect(rendered.status).toBe(500)
    expect(rendered.failure?.code).toBe('POSTERN_PDK_STATUS_NOT_FINAL')
  })

  it('warns of a Transfer-Encoding and leaves it out', () => {
    const at = host()
    renderExit(exit({ headers: { transfer_encoding: 'gzip', 'X-A': '1' } }), at)
    expect(at.response.headers.has('transfer-encoding')).toBe(false)
    expect(at.warnings).toEqual(['manually setting Transfer-Encoding. Ignored.'])
  })

  it.each([
    { body: 'no\nway 100%', told: 'no%0Away 100%25' },
    { body: { message: 'caf\u00e9' }, told: 'caf%C3%A9' },
    { body: Buffer.from('bytes'), told: 'bytes' },
    { body: { a: 1 }, told: 'PermissionDenied' },
    { body: undefined, told: 'PermissionDenied' },
  ])('tells a gRPC client $told in grpc-message', ({ body, told }) => {
    const at = host({ httpVersion: 2, headers: ['Content-Type', 'application/grpc'] })
    const rendered = renderExit(exit({ status: 403, body }), at)
    expect(rendered.body).toBeUndefined()
    expect(at.response.headers.get('grpc-status')).toBe('7')
    expect(at.response.headers.get('grpc-message')).toBe(told)
    expect(at.response.headers.get('content-type')).toBe('application/grpc')
    expect(at.response.headers.get('content-length')).toBe('0')
  })
})

describe('canHaveBody()', () => {
  it.each([
    ['GET', 200, true],
    ['HEAD', 200, false],
    ['GET', 199, false],
    ['GET', 204, false],
    ['POST', 304, false],
    ['GET', 205, true],
  ])('%s %i: %s', (method, status, answer) => {
    expect(canHaveBody(method, status)).toBe(answer)
  })
})

function circular(): object {
  const body: Record<string, unknown> = {}
  body['self'] = body
  return body
}
