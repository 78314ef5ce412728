import type { Route, Service } from '@postern/entities'
import { createResponseState, type Exit } from '@postern/pdk-response'
import { describe, expect, it } from 'vitest'
import { type CountedRequest, Metrics, MOST_EXITS, MOST_ROUTES, OTHERS } from './metrics.ts'
import type { MetricsReport } from './metrics-report.ts'
import { KONG_LATENCY, REQUEST_LATENCY, UPSTREAM_LATENCY } from './latency-buckets.ts'
import { BANDWIDTH, labelsOfCode } from './route-cells.ts'

const NOTHING = { accepted: 0, requests: 0, loggedLines: 0, lostLines: 0 }

interface Answer {
  readonly routeId?: string
  readonly name?: string | null
  readonly status?: number
  readonly isProxied?: boolean
  readonly reason?: string
}

function request({ routeId, name, status = 200, isProxied, reason }: Answer): CountedRequest {
  const response = createResponseState()
  response.status = status
  response.proxied = isProxied === true
  return {
    request: { startedAtMs: 1000 },
    response,
    exchange: { bytesRead: 10, bytesWritten: 200 },
    route: routeId === undefined ? undefined : ({ id: routeId, name } as Route),
    service: routeId === undefined ? undefined : ({ id: 's', name: 'echo' } as Service),
    exit: reason === undefined ? undefined : ({ reason } as Exit),
    proxiedAtMs: isProxied === true ? 1002 : 0,
    answeredAtMs: isProxied === true ? 1032 : 0,
  }
}

function counted(metrics: Metrics, ...answers: readonly Answer[]): MetricsReport | undefined {
  for (const answer of answers) metrics.count(request(answer), 1040)
  return metrics.take()
}

describe('Metrics', () => {
  it('counts the requests of a Route by status and by who answered', () => {
    const report = counted(
      new Metrics(() => NOTHING),
      { routeId: 'r', name: 'orders', isProxied: true },
      { routeId: 'r', name: 'orders', isProxied: true },
      { routeId: 'r', name: 'orders', isProxied: true, status: 500 },
      { routeId: 'r', name: 'orders', status: 500, reason: 'gateway.failure' },
    )
    expect(report?.routes).toHaveLength(1)
    const [{ route, service, codes, counts } = { codes: [], counts: [] }] = report?.routes ?? []
    expect({ route, service }).toEqual({ route: 'orders', service: 'echo' })
    expect(codes.map((code, place) => ({ ...labelsOfCode(code), count: counts[place] }))).toEqual([
      { status: 200, source: 'service', count: 2 },
      { status: 500, source: 'service', count: 1 },
      { status: 500, source: 'kong', count: 1 },
    ])
  })

  it('counts bytes, and the time of the Service apart from ours', () => {
    const [route] =
      counted(new Metrics(() => NOTHING), { routeId: 'r', isProxied: true })?.routes ?? []
    const sumOf = ({ at, bounds }: typeof KONG_LATENCY) => route?.cells[at + bounds.length + 1]
    expect(route?.cells[BANDWIDTH.ingress]).toBe(10)
    expect(route?.cells[BANDWIDTH.egress]).toBe(200)
    expect([REQUEST_LATENCY, UPSTREAM_LATENCY, KONG_LATENCY].map(sumOf)).toEqual([40, 30, 10])
  })

  it('calls a Route without a name by its id, and no Route by nothing', () => {
    const report = counted(new Metrics(() => NOTHING), { routeId: 'r', name: null }, {})
    expect(report?.routes.map(({ route }) => route)).toEqual(['', 'r'])
  })

  it('tells differences, and nothing when nothing happened', () => {
    const metrics = new Metrics(() => NOTHING)
    counted(metrics, { reason: 'a', status: 401 }, { reason: 'a', status: 401 })
    expect(metrics.take()).toBeUndefined()
    const again = counted(metrics, { reason: 'a', status: 401 })
    expect(again?.exits).toEqual([{ reason: 'a', status: 401, count: 1 }])
    expect(again?.routes[0]?.counts).toEqual([1])
  })

  it('tells what others have counted as differences', () => {
    let requests = 5
    const metrics = new Metrics(() => ({ ...NOTHING, requests }))
    expect(metrics.take()?.requests).toBe(5)
    requests = 7
    expect(metrics.take()?.requests).toBe(2)
  })

  it('tells of Routes that a publication has taken away what was not told yet', () => {
    const metrics = new Metrics(() => NOTHING)
    metrics.count(request({ routeId: 'r', name: 'old' }), 1040)
    metrics.publish([])
    const report = counted(metrics, { routeId: 'r', name: 'new' })
    expect(report?.routes.map(({ route }) => route)).toEqual(['old', 'new'])
    metrics.publish([])
    expect(metrics.take()).toBeUndefined()
  })

  it.each([
    { routes: MOST_ROUTES, others: 0 },
    { routes: MOST_ROUTES + 1, others: 1 },
    { routes: MOST_ROUTES + 9, others: 9 },
  ])('puts $others of $routes Routes together', ({ routes, others }) => {
    const ids = Array.from({ length: routes }, (_, n) => ({ routeId: `r${n}`, name: `n${n}` }))
    const report = counted(new Metrics(() => NOTHING), ...ids)
    const together = report?.routes.find(({ route }) => route === OTHERS)
    expect(together?.counts[0] ?? 0).toBe(others)
  })

  it.each([
    { reasons: MOST_EXITS, others: 0 },
    { reasons: MOST_EXITS + 7, others: 7 },
  ])('puts $others of $reasons reasons together', ({ reasons, others }) => {
    const exits = Array.from({ length: reasons }, (_, n) => ({ reason: `x.${n}`, status: 403 }))
    const report = counted(new Metrics(() => NOTHING), ...exits)
    const together = report?.exits.find(({ reason }) => reason === OTHERS)
    expect(together?.count ?? 0).toBe(others)
    expect(report?.exits.reduce((sum, { count }) => sum + count, 0)).toBe(reasons)
  })
})
