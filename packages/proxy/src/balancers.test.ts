import { describe, expect, it } from 'vitest'
import { compileBalancers } from './balancers.ts'

const upstream = { id: 'u1' }

describe('compileBalancers()', () => {
  it('answers host and port as they are where there is no Upstream of that name', () => {
    const balancers = compileBalancers([], [])
    expect(balancers.pick('api.test', 8080)).toEqual({
      host: 'api.test',
      port: 8080,
      name: 'api.test',
    })
    expect(balancers.has('api.test')).toBe(false)
  })

  it.each([
    { host: '::1', bare: '::1' },
    { host: '[::1]', bare: '::1' },
    { host: '127.0.0.1', bare: '127.0.0.1' },
  ])('connects to $bare for the host $host', ({ host, bare }) => {
    expect(compileBalancers([], []).pick(host, 80)).toEqual({ host: bare, port: 80, name: bare })
  })

  it.each([
    { target: 'a.test', address: { host: 'a.test', port: 8000, name: 'a.test' } },
    { target: 'a.test:9000', address: { host: 'a.test', port: 9000, name: 'a.test' } },
    { target: '10.0.0.1:1', address: { host: '10.0.0.1', port: 1, name: '10.0.0.1' } },
    { target: '[::1]:9000', address: { host: '::1', port: 9000, name: '::1' } },
    { target: '[::1]', address: { host: '::1', port: 8000, name: '::1' } },
    { target: '::1', address: { host: '::1', port: 8000, name: '::1' } },
  ])('takes host and port from the Target $target, not from the Service', ({ target, address }) => {
    const balancers = compileBalancers([{ ...upstream, name: 'pool' }], [{ target, upstream }])
    expect(balancers.pick('pool', 80)).toEqual(address)
  })

  it('finds an Upstream whatever the letter case of its name', () => {
    const balancers = compileBalancers(
      [{ ...upstream, name: 'Pool' }],
      [{ target: 'a:1', upstream }],
    )
    expect(balancers.pick('pOOL', 80)?.host).toBe('a')
  })

  it('names the Host of the Upstream where it has one', () => {
    const upstreams = [{ ...upstream, name: 'pool', host_header: 'shop.test' }]
    const address = compileBalancers(upstreams, [{ target: 'a:1', upstream }]).pick('pool', 80)
    expect(address).toEqual({ host: 'a', port: 1, name: 'shop.test' })
  })

  it.each([
    { why: 'it has no Target', targets: [] },
    { why: 'all weights are 0', targets: [{ target: 'a:1', weight: 0, upstream }] },
    { why: 'its Targets are of another one', targets: [{ target: 'a:1', upstream: { id: 'u2' } }] },
  ])('answers undefined for an Upstream when $why', ({ targets }) => {
    const balancers = compileBalancers([{ ...upstream, name: 'pool' }], targets)
    expect(balancers.has('pool')).toBe(true)
    expect(balancers.pick('pool', 80)).toBeUndefined()
  })

  it('deals in proportion to the weights, 100 where none is given', () => {
    const targets = [
      { target: 'a:1', weight: 50, upstream },
      { target: 'b:1', weight: null, upstream },
      { target: 'c:1', upstream },
    ]
    const balancers = compileBalancers([{ ...upstream, name: 'pool' }], targets)
    const hosts = Array.from({ length: 250 }, () => balancers.pick('pool', 80)?.host)
    expect(['a', 'b', 'c'].map((host) => hosts.filter((h) => h === host).length)).toEqual([
      50, 100, 100,
    ])
  })

  it('begins where it is told, so that workers do not begin alike', () => {
    const targets = ['a:1', 'b:1'].map((target) => ({ target, weight: 1, upstream }))
    const first = (start: number): string | undefined =>
      compileBalancers([{ ...upstream, name: 'p' }], targets, { random: () => start }).pick('p', 80)
        ?.host
    expect([first(0), first(0.75)]).toEqual(['a', 'a'])
    const heavy = [
      { target: 'a:1', weight: 1, upstream },
      { target: 'b:1', weight: 3, upstream },
    ]
    const begin = (start: number): string | undefined =>
      compileBalancers([{ ...upstream, name: 'p' }], heavy, { random: () => start }).pick('p', 80)
        ?.host
    expect([begin(0), begin(0.3)]).toEqual(['b', 'a'])
  })
})
