import { createCounters } from '@postern/exit-transformer'
import { describe, expect, it } from 'vitest'
import type { HostedFunction } from '../functions/hosted-functions.ts'
import type { WorkerCounts } from '../processes/messages.ts'
import { keepConfigured } from './keep-configured.ts'
import { MetricTotals } from './metric-totals.ts'
import type { FunctionReport, MetricsReport } from './metrics-report.ts'
import { MOST_EXITS, MOST_FUNCTIONS, MOST_ROUTES, OTHERS } from './metrics.ts'
import { renderMetrics } from './render-metrics.ts'
import { CELL_COUNT, RouteCells, type RouteReport } from './route-cells.ts'

function routeReport(route: string, requests: number): RouteReport {
  const cells = new RouteCells(`id-${route}`, route, 'echo')
  for (let request = 0; request < requests; request++) {
    cells.countStatus(200, 'service')
    cells.countBytes(100, 1000)
    cells.countLatencies(30, 26)
  }
  return cells.take()
}

function functionReport(instance: string, index: number): FunctionReport {
  const { bounds, counts: zeros } = createCounters().seconds
  const cells = zeros.map((_, cell) => (cell === 0 ? 1 : 0))
  const counts = { calls: 1, failures: 0, kills: 0, changed: 1, skipped: 0 }
  return { instance, index, counts, bounds, cells, seconds: 0.001 }
}

function report(parts: Partial<MetricsReport> = {}): MetricsReport {
  const none = { routes: [], exits: [], functions: [] }
  return { ...none, accepted: 1, requests: 2, loggedLines: 3, lostLines: 0, ...parts }
}

function render(totals: MetricTotals, more: Partial<WorkerCounts> = {}): string[] {
  const counts = { accepted: 9, active: 5, answering: 2, requests: 9 }
  const worker = { ...counts, pid: 77, heapBytes: 1e6, ...more }
  const facts = {
    nodeId: 'node-1',
    version: '1.2.3',
    workers: [worker, { ...worker, pid: 78 }],
    isRefused: false,
  }
  return renderMetrics(totals, facts).split('\n')
}

describe('renderMetrics()', () => {
  it('adds up what the workers tell of a Route', () => {
    const totals = new MetricTotals()
    totals.add(report({ routes: [routeReport('orders', 2)] }))
    totals.add(report({ routes: [routeReport('orders', 3)] }))
    const labels = 'service="echo",route="orders",workspace="default"'
    expect(render(totals)).toEqual(
      expect.arrayContaining([
        `kong_http_requests_total{${labels},code="200",source="service"} 5`,
        `kong_bandwidth_bytes{${labels},direction="ingress"} 500`,
        `kong_bandwidth_bytes{${labels},direction="egress"} 5000`,
        `kong_kong_latency_ms_bucket{${labels},le="2"} 0`,
        `kong_kong_latency_ms_bucket{${labels},le="5"} 5`,
        `kong_upstream_latency_ms_bucket{${labels},le="25"} 0`,
        `kong_upstream_latency_ms_bucket{${labels},le="50"} 5`,
        `kong_request_latency_ms_sum{${labels}} 150`,
        `kong_request_latency_ms_count{${labels}} 5`,
      ]),
    )
  })

  it('tells connections and requests of all workers together', () => {
    const totals = new MetricTotals()
    totals.add(report())
    totals.add(report())
    const http = 'node_id="node-1",subsystem="http"'
    expect(render(totals)).toEqual(
      expect.arrayContaining([
        'kong_node_info{node_id="node-1",version="1.2.3"} 1',
        `kong_nginx_requests_total{${http}} 4`,
        `kong_nginx_connections_total{${http},state="accepted"} 2`,
        `kong_nginx_connections_total{${http},state="active"} 10`,
        `kong_nginx_connections_total{${http},state="waiting"} 6`,
        'postern_configuration_refused{node_id="node-1"} 0',
        'postern_worker_heap_bytes{node_id="node-1",pid="78"} 1000000',
        'postern_access_log_lines_total 6',
        'postern_access_log_lost_lines_total 0',
      ]),
    )
  })

  it('tells exits by reason', () => {
    const totals = new MetricTotals()
    const exits = [{ reason: 'key-auth.no_key', status: 401, count: 2 }]
    totals.add(report({ exits }))
    totals.add(report({ exits }))
    expect(render(totals)).toContain('postern_exits_total{reason="key-auth.no_key",code="401"} 4')
  })

  it('tells functions with their times', () => {
    const totals = new MetricTotals()
    const one = functionReport('errors', 1)
    totals.add(report({ functions: [one] }))
    totals.add(report({ functions: [one] }))
    const labels = 'plugin="exit-transformer",instance="errors",function="1"'
    expect(render(totals)).toEqual(
      expect.arrayContaining([
        `postern_function_calls_total{${labels}} 2`,
        `postern_function_changed_total{${labels}} 2`,
        `postern_function_failures_total{${labels}} 0`,
        `postern_function_seconds_bucket{${labels},le="0.000005"} 2`,
        `postern_function_seconds_sum{${labels}} 0.002`,
        `postern_function_seconds_count{${labels}} 2`,
      ]),
    )
  })

  it('tells functions that are skipped by their plugins, each one once', () => {
    const switchedOffUntilMs = Date.now() + 60_000
    const hosted = (id: string, name: string, isOff: boolean): HostedFunction => {
      const [plugin = ''] = name.split('[')
      const counts = { calls: 5, kills: 5, recentKills: 5 }
      const about = { id, name: plugin, instance_name: id === 'id-2' ? 'errors' : null }
      return {
        plugin: about,
        name,
        ...counts,
        switchedOffUntilMs: isOff ? switchedOffUntilMs : null,
      }
    }
    const functions = [
      hosted('id-1', 'exit-transformer[1]', true),
      hosted('id-2', 'exit-transformer[1]', true),
      hosted('id-3', 'exit-transformer[2]', false),
      hosted('id-4', 'pre-function[access:1]', true),
    ]
    const functionHost = { functions, processes: [], waiting: 0, ended: 5 }
    const told = render(new MetricTotals(), { functionHost }).filter((line) =>
      line.startsWith('postern_function_switched_off{pid="77"'),
    )
    const labels = (plugin: string, instance: string, place: string): string =>
      `pid="77",plugin="${plugin}",instance="${instance}",function="${place}"`
    expect(told).toEqual([
      `postern_function_switched_off{${labels('exit-transformer', 'id-1', '1')}} 1`,
      `postern_function_switched_off{${labels('exit-transformer', 'errors', '1')}} 1`,
      `postern_function_switched_off{${labels('pre-function', 'id-4', 'access:1')}} 1`,
    ])
  })

  it('has only lines that Prometheus reads, each family described once', () => {
    const totals = new MetricTotals()
    totals.add(report({ routes: [routeReport('a "b"\n\\c', 1)] }))
    const lines = render(totals)
    expect(lines.pop()).toBe('')
    const label = '[a-z_]+="(?:[^"\\\\\\n]|\\\\["\\\\n])*"'
    const sample = new RegExp(`^[a-z_]+(?:\\{${label}(?:,${label})*\\})? [0-9.e+-]+$`)
    for (const line of lines)
      expect(line).toMatch(line.startsWith('# ') ? /^# (HELP|TYPE) / : sample)
    const described = lines.filter((line) => line.startsWith('# TYPE'))
    expect(new Set(described).size).toBe(described.length)
  })
})

describe('MetricTotals', () => {
  it('forgets Routes that are gone, and keeps what belongs to none', () => {
    const totals = new MetricTotals()
    const none = { ...routeReport('', 1), routeId: '', service: '' }
    totals.add(report({ routes: [routeReport('stays', 1), routeReport('goes', 1), none] }))
    totals.keepRoutes((id) => id === 'id-stays')
    expect([...totals.routes.values()].map(({ route }) => route)).toEqual(['stays', ''])
  })

  it('forgets functions that are configured no more', () => {
    const totals = new MetricTotals()
    const functions = [
      functionReport('stays', 1),
      functionReport('stays', 2),
      functionReport('goes', 1),
      functionReport('id-3', 1),
    ]
    totals.add(report({ functions }))
    const plugin = (id: string, instance_name: string | null, name: string) => {
      return { id, instance_name, name, config: { functions: ['one'] } }
    }
    const plugins = [
      plugin('id-1', 'stays', 'exit-transformer'),
      plugin('id-2', 'goes', 'pre-function'),
      plugin('id-3', null, 'exit-transformer'),
    ]
    keepConfigured(totals, { entities: { plugins } })
    const left = [...totals.functions.values()].map(({ instance, index }) => [instance, index])
    expect(left).toEqual([
      ['stays', 1],
      ['id-3', 1],
    ])
    keepConfigured(totals, { entities: {} })
    expect(totals.functions.size).toBe(0)
  })

  it.each([
    { functions: MOST_FUNCTIONS, others: 0 },
    { functions: MOST_FUNCTIONS + 1, others: 1 },
    { functions: MOST_FUNCTIONS + 9, others: 9 },
  ])('puts $others of $functions functions together', ({ functions, others }) => {
    const totals = new MetricTotals()
    const all = Array.from({ length: functions }, (_, n) => functionReport(`i${n}`, 1))
    totals.add(report({ functions: all }))
    totals.add(report({ functions: all }))
    const labels = `plugin="exit-transformer",instance="${OTHERS}",function="${OTHERS}"`
    const line = render(totals).find((one) =>
      one.startsWith(`postern_function_calls_total{${labels}}`),
    )
    expect(Number(line?.split(' ').at(-1) ?? 0)).toBe(2 * others)
    expect(totals.functions.size).toBe(functions - others + Math.min(others, 1))
  })

  it.each([
    { reasons: MOST_EXITS, others: 0 },
    { reasons: MOST_EXITS + 7, others: 7 },
  ])('puts $others of $reasons reasons together that workers have told', ({ reasons, others }) => {
    const totals = new MetricTotals()
    const exitOf = (n: number) => ({ reason: `x.${n}`, status: 403, count: 1 })
    const exits = Array.from({ length: reasons }, (_, n) => exitOf(n))
    totals.add(report({ exits }))
    totals.add(report({ exits: [{ reason: OTHERS, status: 500, count: 1 }] }))
    const together = [...totals.exits.values()].filter(({ reason }) => reason === OTHERS)
    expect(together.map(({ status, count }) => [status, count])).toEqual([
      ...(others > 0 ? [[403, others]] : []),
      [500, 1],
    ])
  })

  it('puts Routes together that workers have told too many of', () => {
    const totals = new MetricTotals()
    const cells = new Float64Array(CELL_COUNT)
    const many = Array.from({ length: MOST_ROUTES + 5 }, (_, n) => ({
      ...{ routeId: `r${n}`, route: `r${n}`, service: 's', cells },
      ...{ codes: [400], counts: [1] },
    }))
    totals.add(report({ routes: many }))
    const others = [...totals.routes.values()].find(({ route }) => route === OTHERS)
    expect(others?.countByCode.get(400)).toBeGreaterThan(0)
    expect(totals.routes.size).toBeLessThanOrEqual(MOST_ROUTES + 2)
  })
})
