import { describe, expect, it } from 'vitest'
import type { RouteFields } from './routed-service.ts'
import { createStreamRouter, type StreamRequest } from './stream-router.ts'

type Options = Parameters<typeof createStreamRouter>[1]

function winner(
  routes: readonly Omit<RouteFields, 'id'>[],
  about: Partial<StreamRequest>,
  options?: Options,
): number {
  const request = {
    sourceIp: '10.0.0.1',
    sourcePort: 5000,
    destinationIp: '10.0.0.2',
    destinationPort: 9000,
    sni: undefined,
    ...about,
  }
  const withIds = routes.map((route, i) => ({
    route: { ...route, id: String(i) },
    service: undefined,
  }))
  const match = createStreamRouter(withIds, options).match(request)
  return match === undefined ? -1 : Number(match.route.id)
}

describe('createStreamRouter()', () => {
  it.each([
    { sources: [{ ip: '10.0.0.1' }], takes: true },
    { sources: [{ ip: '10.0.0.2' }], takes: false },
    { sources: [{ ip: '10.0.0.2' }, { port: 5000 }], takes: true },
    { sources: [{ ip: '10.0.0.1', port: 5001 }], takes: false },
    { sources: [{ ip: '10.0.0.0/8' }], takes: true },
    { sources: [{ ip: '10.9.9.9/8', port: null }], takes: true },
    { sources: [{ ip: '10.0.0.0/32' }], takes: false },
    { sources: [{ ip: 'fd00::/8' }], takes: false },
    { sources: [{ ip: null, port: 5000 }], takes: true },
    { destinations: [{ ip: '10.0.0.2', port: 9000 }], takes: true },
    { destinations: [{ port: 9001 }], takes: false },
    { sources: [{ port: 5000 }], destinations: [{ port: 9001 }], takes: false },
    { sources: [], takes: true },
  ])('takes a connection for $sources and $destinations: $takes', ({ takes, ...route }) => {
    expect(winner([route], {})).toBe(takes ? 0 : -1)
  })

  it.each([
    { about: { sourceIp: undefined }, route: { sources: [{ ip: '10.0.0.1' }] } },
    { about: { sourcePort: undefined }, route: { sources: [{ port: 5000 }] } },
    { about: { sourceIp: 'nonsense' }, route: { sources: [{ ip: '0.0.0.0/0' }] } },
  ])('takes nothing by what is not known: $about', ({ about, route }) => {
    expect(winner([route], about)).toBe(-1)
  })

  it.each([
    { sourceIp: 'fd00::1', ip: 'fd00::/8', takes: true },
    { sourceIp: 'fe00::1', ip: 'fd00::/8', takes: false },
    { sourceIp: '::1', ip: '::1', takes: true },
  ])('takes $sourceIp for $ip: $takes', ({ sourceIp, ip, takes }) => {
    expect(winner([{ sources: [{ ip }] }], { sourceIp })).toBe(takes ? 0 : -1)
  })

  it.each([
    { sni: 'a.test', matchCalculation: 'strict', takes: true },
    { sni: 'b.test', matchCalculation: 'strict', takes: false },
    { sni: undefined, matchCalculation: 'strict', takes: false },
    { sni: undefined, matchCalculation: 'original', takes: true },
  ] as const)('takes the server name $sni for a.test, $matchCalculation: $takes', (row) => {
    const { sni, matchCalculation, takes } = row
    const route = { protocols: ['tls'], snis: ['a.test'] }
    expect(winner([route], { sni }, { matchCalculation })).toBe(takes ? 0 : -1)
  })

  it.each([
    {
      what: 'a server name over an end',
      better: { snis: ['a.test'] },
      worse: { sources: [{ ip: '10.0.0.1', port: 5000 }] },
    },
    {
      what: 'both ends over a server name',
      better: { sources: [{ port: 5000 }], destinations: [{ port: 9000 }] },
      worse: { snis: ['a.test'] },
    },
    {
      what: 'an address and port over an address',
      better: { sources: [{ ip: '10.0.0.1', port: 5000 }] },
      worse: { sources: [{ ip: '10.0.0.1' }] },
    },
    {
      what: 'an address over a port',
      better: { sources: [{ ip: '10.0.0.1' }] },
      worse: { sources: [{ port: 5000 }] },
    },
    {
      what: 'a port over a range',
      better: { sources: [{ port: 5000 }] },
      worse: { sources: [{ ip: '10.0.0.0/8' }] },
    },
    {
      what: 'a source over a destination',
      better: { sources: [{ ip: '10.0.0.0/8' }] },
      worse: { destinations: [{ ip: '10.0.0.2', port: 9000 }] },
    },
  ])('prefers $what', ({ better, worse }) => {
    expect(winner([better, worse], { sni: 'a.test' })).toBe(0)
    expect(winner([worse, better], { sni: 'a.test' })).toBe(1)
  })

  it('prefers the greater id where all else is equal', () => {
    expect(winner([{ sources: [{ port: 5000 }] }, { sources: [{ port: 5000 }] }], {})).toBe(1)
  })
})
