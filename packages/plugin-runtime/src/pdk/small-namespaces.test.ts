import { describe, expect, it } from 'vitest'
import { consumer, route, testContext, testPlugin } from '../../test/test-context.ts'
import { type Kong, type PhaseContext, runPhase } from '../index.ts'

function access(): PhaseContext {
  const { ctx } = testContext({ node: { isTrusted: (address) => address === '10.0.0.1' } })
  ctx.phase = 'access'
  return ctx
}

describe('kong.client', () => {
  it('keeps who authenticated', () => {
    const ctx = access()
    ctx.kong.client.authenticate(consumer('c'), { id: 'k' })
    expect(ctx.kong.client.getConsumer()?.id).toBe('c')
    expect(ctx.kong.client.getCredential()).toEqual({ id: 'k' })
    ctx.kong.client.authenticate(null, { id: 'other' })
    expect(ctx.kong.client.getConsumer()).toBeUndefined()
  })

  it.each<readonly [string, (kong: Kong) => unknown]>([
    ['consumer must be a table or nil', (kong) => kong.client.authenticate('c' as never)],
    ['credential must be a table or nil', (kong) => kong.client.authenticate(null, 5 as never)],
    ['either credential or consumer must be provided', (kong) => kong.client.authenticate(null)],
    ['consumer_id must be a string', (kong) => kong.client.loadConsumer(5 as never)],
    [
      'cannot load a consumer with an id that is not a uuid',
      (kong) => kong.client.loadConsumer('bob'),
    ],
    ['No active route found', (kong) => kong.client.getProtocol()],
  ])('refuses: %s', (message, call) => {
    expect(() => call(access().kong)).toThrow(message)
  })

  it('loads a Consumer by name only where that is asked for', async () => {
    const { client } = access().kong
    expect(await client.loadConsumer('known', 'username')).toMatchObject({ id: 'known' })
    expect(await client.loadConsumer('other', true)).toBeUndefined()
  })

  it.each([
    { protocols: ['grpc'], allow: false, told: 'grpc' },
    { protocols: ['http', 'https'], allow: false, told: 'http' },
    { protocols: ['http', 'https'], allow: true, told: 'https' },
  ])('tells the protocol $told of $protocols', ({ protocols, allow, told }) => {
    const { ctx } = testContext({
      headers: ['X-Forwarded-Proto', 'https'],
      node: { isTrusted: () => true },
    })
    ctx.phase = 'access'
    ctx.route = { ...route('r'), protocols: protocols as never }
    expect(ctx.kong.client.getProtocol(allow)).toBe(told)
  })
})

describe('kong.ctx', () => {
  it('has one object for all plugins, and one for each name', () => {
    const seen: unknown[] = []
    const keeps = (kong: Kong<'access'>): void => {
      kong.ctx.shared['count'] = Number(kong.ctx.shared['count'] ?? 0) + 1
      kong.ctx.plugin['count'] = Number(kong.ctx.plugin['count'] ?? 0) + 1
      seen.push([kong.ctx.shared['count'], kong.ctx.plugin['count']])
    }
    const plugins = [testPlugin('a', { access: keeps }), testPlugin('b', { access: keeps })]
    const { ctx } = testContext({ plugins })
    void runPhase(ctx, 'access')
    void runPhase(ctx, 'access')
    expect(seen).toEqual([
      [1, 1],
      [2, 1],
      [3, 2],
      [4, 2],
    ])
  })

  it('inherits nothing', () => {
    const { ctx } = access().kong
    expect(ctx.shared['constructor']).toBeUndefined()
  })
})

describe('the rest of kong', () => {
  it('knows the node', () => {
    const { kong } = access()
    expect([kong.node.getHostname(), kong.version, kong.versionNum]).toEqual([
      'node-1',
      '1.2.3',
      1002003,
    ])
    expect([kong.ip.isTrusted('10.0.0.1'), kong.ip.isTrusted('10.0.0.2')]).toEqual([true, false])
    expect(() => kong.ip.isTrusted(5 as never)).toThrow('address must be a string')
  })

  it('handles tables', () => {
    const { table } = access().kong
    const list = [1, 2]
    const map = { a: 1 }
    table.clear(list)
    table.clear(map)
    expect([list, map, table.new(1, 2)]).toEqual([[], {}, {}])
    expect(table.merge({ a: 1, b: 1 }, { b: 2 })).toEqual({ a: 1, b: 2 })
  })

  it('is one object a request, and so are its namespaces', () => {
    const ctx = access()
    expect(ctx.kong).toBe(ctx.kong)
    expect(ctx.kong.service.request).toBe(ctx.kong.service.request)
    expect(ctx.kong.log).toBe(ctx.kong.log)
  })
})
