import { HeaderList } from '@postern/pdk-response'
import { describe, expect, it } from 'vitest'
import { consumer, route, service, testContext } from '../../test/test-context.ts'
import { type LogFacts, PhaseContext, type SerializedRequest } from '../index.ts'

const line = (ctx: PhaseContext): SerializedRequest => {
  ctx.phase = 'log'
  return ctx.kong.log.serialize()
}

/** A context of a host that knows when things happened, as the one of a test does otherwise. */
function hostContext(facts: LogFacts): PhaseContext {
  const { ctx } = testContext()
  class HostContext extends PhaseContext {
    override logFacts(): LogFacts {
      return facts
    }
  }
  return new HostContext({
    request: ctx.request,
    chains: ctx.chains,
    node: ctx.node,
    log: ctx.log,
  })
}

describe('kong.log.serialize()', () => {
  it('tells of the request', () => {
    const { ctx } = testContext({
      headers: ['Host', 'example.com', 'X-A', '1', 'x-a', '2'],
      request: { method: 'POST', target: '/a?b=1&c', rawQuery: 'b=1&c', path: '/a' },
    })
    ctx.route = route('r')
    ctx.service = service('s')
    expect(line(ctx)).toMatchObject({
      request: {
        id: 'cafe',
        method: 'POST',
        uri: '/a?b=1&c',
        url: 'http://example.com:80/a?b=1&c',
        querystring: { b: '1', c: true },
        headers: { host: 'example.com', 'x-a': ['1', '2'] },
      },
      route: { id: 'r' },
      service: { id: 's' },
      client_ip: '10.0.0.1',
      started_at: 1_000,
      workspace: expect.stringMatching(/^[0-9a-f-]{36}$/),
      workspace_name: 'default',
    })
  })

  it.each(['authorization', 'Proxy-Authorization', 'AUTHORIZATION'])('redacts %s', (name) => {
    const { ctx } = testContext({ headers: [name, 'Bearer secret', name, 'other secret'] })
    const serialized = line(ctx)
    expect(serialized.request.headers).toEqual({ [name.toLowerCase()]: 'REDACTED' })
    expect(JSON.stringify(serialized)).not.toContain('secret')
    expect(ctx.request.headers.get(name)).toBe('Bearer secret')
  })

  it('tells of a request that went to the Service', () => {
    const ctx = hostContext({
      proxiedAtMs: 1_003,
      answeredAtMs: 1_013,
      finishedAtMs: 1_020,
      requestBytes: 100,
      responseBytes: 200,
      tries: [{ ip: '10.1.1.1', port: 80, balancer_start: 1_003 }],
    })
    Object.assign(ctx.upstreamRequest, { path: '/up', query: 'x=1' })
    ctx.response.proxied = true
    ctx.response.status = 201
    ctx.response.headers.set('X-R', 'y')
    ctx.serviceResponse = { status: 200, headers: new HeaderList(), body: undefined }
    expect(line(ctx)).toMatchObject({
      request: { size: 100 },
      response: { status: 201, headers: { 'x-r': 'y' }, size: 200 },
      upstream_uri: '/up?x=1',
      upstream_status: '200',
      latencies: { kong: 10, proxy: 10, request: 20, receive: 7 },
      tries: [{ ip: '10.1.1.1', port: 80 }],
      source: 'upstream',
    })
  })

  it('tells of one that did not', () => {
    const ctx = hostContext({ finishedAtMs: 1_020 })
    ctx.response.exited = true
    const serialized = line(ctx)
    expect(serialized).toMatchObject({
      upstream_uri: '',
      upstream_status: '',
      latencies: { kong: 20, proxy: -1, request: 20, receive: 0 },
      source: 'kong',
    })
    expect(serialized).not.toHaveProperty('tries')
    expect(serialized.response).not.toHaveProperty('size')
  })

  it('never tells of less than no time', () => {
    const { latencies } = line(
      hostContext({ finishedAtMs: 500, proxiedAtMs: 900, answeredAtMs: 800 }),
    )
    expect(latencies).toEqual({ kong: 0, proxy: 0, request: 0, receive: 0 })
  })

  it.each([
    { credential: { id: 'k', consumer_id: 'a' }, told: 'a' },
    { credential: { id: 'k', consumer: { id: 'b' } }, told: 'b' },
    { credential: { id: 'k', consumer: null }, told: 'c' },
  ])('tells who authenticated ($told)', ({ credential, told }) => {
    const { ctx } = testContext()
    ctx.consumer = consumer('c')
    ctx.credential = credential
    expect(line(ctx)).toMatchObject({
      consumer: { id: 'c' },
      authenticated_entity: { id: 'k', consumer_id: told },
    })
  })

  it('tells of TLS, and what a plugin found out about the certificate', () => {
    const tls = {
      version: 'TLSv1.3',
      cipher: 'X',
      clientVerify: 'NONE',
      clientCertificateChain: undefined,
    }
    const { ctx } = testContext({ request: { tls } })
    expect(line(ctx).request.tls).toEqual({
      version: 'TLSv1.3',
      cipher: 'X',
      client_verify: 'NONE',
    })
    ctx.phase = 'access'
    ctx.kong.client.tls.setClientVerify('FAILED:expired')
    expect(line(ctx).request.tls?.client_verify).toBe('FAILED:expired')
    expect(line(testContext().ctx).request).not.toHaveProperty('tls')
  })
})

describe('what setSerializeValue was given', () => {
  type Given = readonly [key: string, value: unknown, mode?: string]

  function serialized(...given: readonly Given[]): SerializedRequest {
    const { ctx } = testContext()
    ctx.phase = 'log'
    ctx.route = Object.freeze({ ...route('r'), name: 'old' })
    for (const [key, value, mode] of given) {
      ctx.kong.log.setSerializeValue(key, value, mode === undefined ? undefined : { mode })
    }
    const result = ctx.kong.log.serialize()
    expect(ctx.route.name).toBe('old')
    return result
  }

  it.each<readonly [given: readonly Given[], told: object]>([
    [[['a', 1]], { a: 1 }],
    [[['a.b.c', true]], { a: { b: { c: true } } }],
    [[['a\\.b', 'x']], { 'a.b': 'x' }],
    [[['a.b\\.c.d', 'x']], { a: { 'b.c': { d: 'x' } } }],
    [[['route.name', 'new']], { route: { id: 'r', name: 'new' } }],
    [[['request.method', 'X']], { request: { method: 'X', id: 'cafe' } }],
    [[['a', [1, { b: 2 }]]], { a: [1, { b: 2 }] }],
    [
      [
        ['a', 1],
        ['a', 2],
      ],
      { a: 2 },
    ],
    [
      [
        ['a', 1],
        ['a', 2, 'add'],
      ],
      { a: 1 },
    ],
    [[['a', 2, 'add']], { a: 2 }],
    [
      [
        ['a', 1],
        ['a', 2, 'replace'],
      ],
      { a: 2 },
    ],
    [
      [
        ['a', null],
        ['a', 2, 'add'],
      ],
      { a: 2 },
    ],
    [
      [
        ['a.b', 1],
        ['a.c', 2],
      ],
      { a: { b: 1, c: 2 } },
    ],
  ])('%j is applied', (given, told) => {
    expect(serialized(...given)).toMatchObject(told)
  })

  it.each<readonly [given: readonly Given[], absent: string]>([
    [[['a', 2, 'replace']], 'a'],
    [[['route', null]], 'route'],
    [
      [
        ['a', 1],
        ['a', undefined],
      ],
      'a',
    ],
  ])('%j leaves nothing', (given, absent) => {
    expect(serialized(...given)).not.toHaveProperty([absent])
  })

  it.each([
    { what: 'a circle', value: circle() },
    { what: 'a circle further down', value: { a: [circle()] } },
    { what: 'a function', value: { a: () => 1 } },
    { what: 'a symbol', value: Symbol('s') },
    { what: 'a bigint', value: 1n },
    { what: 'something too deep', value: nested(200) },
  ])('is refused for $what', ({ value }) => {
    expect(() => serialized(['a', value])).toThrow('value must be nil, a number, string, boolean')
  })

  it('may hold a table twice', () => {
    const twice = { x: 1 }
    expect(serialized(['a', [twice, twice]])).toMatchObject({ a: [{ x: 1 }, { x: 1 }] })
    let wide: object = {}
    for (let i = 0; i < 60; i++) wide = { left: wide, right: wide }
    expect(serialized(['a', wide])).toHaveProperty('a.left.right.left')
  })

  it('is refused below what is no table', () => {
    expect(() => serialized(['request.method.x', 1])).toThrow(
      "The key 'request.method.x' could not be used as a serialize value. " +
        "Subkey 'method' is not a table. It's GET",
    )
  })

  it('makes fields of names that objects inherit', () => {
    const result = serialized(['__proto__.polluted', 1], ['constructor', 2], ['a.__proto__', 3])
    expect(Object.hasOwn(result, '__proto__')).toBe(true)
    expect(Object.hasOwn(result, 'constructor')).toBe(true)
    expect(({} as Record<string, unknown>).polluted).toBeUndefined()
  })
})

function circle(): object {
  const table: Record<string, unknown> = {}
  table.self = table
  return table
}

function nested(depth: number): object {
  return depth === 0 ? {} : { a: nested(depth - 1) }
}
