import type { HostedFunction } from '../functions/hosted-functions.ts'
import type { WorkerCounts } from '../processes/messages.ts'
import { instanceLabel } from './instance-label.ts'
import { type Buckets, KONG_LATENCY, REQUEST_LATENCY, UPSTREAM_LATENCY } from './latency-buckets.ts'
import type { FunctionTotal, MetricTotals, RouteTotal } from './metric-totals.ts'
import { OTHERS } from './metrics.ts'
import { FUNCTION_COUNTS, type FunctionCount } from './metrics-report.ts'
import { describeFamily, histogramLines, type Labels, sampleLine } from './prometheus-text.ts'
import { BANDWIDTH, labelsOfCode } from './route-cells.ts'

/** What is told besides the totals. */
export interface MetricsFacts {
  readonly nodeId: string
  readonly version: string
  /** Of the workers that live. */
  readonly workers: readonly WorkerCounts[]
  /** Whether a worker cannot serve the configuration that was published last. */
  readonly isRefused: boolean
}

/**
 * All metrics as Prometheus reads them. Names and labels are Kong's where Kong has the metric, as its
 * plugin prometheus tells it; all others begin with `postern_`.
 *
 * @see Kong Gateway docs, plugin prometheus, "Available metrics"
 */
export function renderMetrics(totals: MetricTotals, facts: MetricsFacts): string {
  const routes = [...totals.routes.values()]
  return [
    ...nodeLines(totals, facts),
    ...statusLines(routes),
    ...latencyLines(routes),
    ...bandwidthLines(routes),
    ...exitLines(totals),
    ...functionLines([...totals.functions.values()]),
    ...breakerLines(facts),
    ...logLines(totals),
    '',
  ].join('\n')
}

function nodeLines(totals: MetricTotals, facts: MetricsFacts): string[] {
  const { nodeId, version, workers, isRefused } = facts
  const sum = (of: (worker: WorkerCounts) => number): number =>
    workers.reduce((total, worker) => total + of(worker), 0)
  const node = { node_id: nodeId }
  const http = { ...node, subsystem: 'http' }
  const active = sum((worker) => worker.active)
  const answering = sum((worker) => worker.answering)
  const states = {
    accepted: totals.accepted,
    handled: totals.accepted,
    total: totals.requests,
    active,
    reading: 0,
    writing: answering,
    waiting: Math.max(0, active - answering),
  }
  return [
    ...describeFamily('kong_node_info', 'gauge', 'Node metadata'),
    sampleLine('kong_node_info', { ...node, version }, 1),
    ...describeFamily('kong_nginx_requests_total', 'counter', 'Requests that were read'),
    sampleLine('kong_nginx_requests_total', http, totals.requests),
    ...describeFamily('kong_nginx_connections_total', 'gauge', 'Connections by state'),
    ...Object.entries(states).map(([state, count]) =>
      sampleLine('kong_nginx_connections_total', { ...http, state }, count),
    ),
    ...describeFamily('postern_configuration_refused', 'gauge', 'Whether a worker cannot serve it'),
    sampleLine('postern_configuration_refused', node, isRefused ? 1 : 0),
    ...describeFamily('postern_worker_heap_bytes', 'gauge', 'JavaScript heap of a worker in use'),
    ...workers.map(({ pid, heapBytes }) =>
      sampleLine('postern_worker_heap_bytes', { ...node, pid: String(pid) }, heapBytes),
    ),
  ]
}

function statusLines(routes: readonly RouteTotal[]): string[] {
  const name = 'kong_http_requests_total'
  return [
    ...describeFamily(name, 'counter', 'Requests by status, Service and Route'),
    ...routes.flatMap((route) =>
      [...route.countByCode].map(([place, count]) => {
        const { status, source } = labelsOfCode(place)
        return sampleLine(name, { ...labelsOf(route), code: String(status), source }, count)
      }),
    ),
  ]
}

function labelsOf({ service, route }: RouteTotal): Labels {
  return { service, route, workspace: 'default' }
}

const LATENCIES: readonly (readonly [name: string, buckets: Buckets, help: string])[] = [
  ['kong_kong_latency_ms', KONG_LATENCY, 'Milliseconds that the gateway took itself'],
  ['kong_upstream_latency_ms', UPSTREAM_LATENCY, 'Milliseconds until the Service answered'],
  ['kong_request_latency_ms', REQUEST_LATENCY, 'Milliseconds from the first byte to the last'],
]

function latencyLines(routes: readonly RouteTotal[]): string[] {
  return LATENCIES.flatMap(([name, { bounds, at }, help]) => [
    ...describeFamily(name, 'histogram', help),
    ...routes.flatMap((route) => {
      const counts = route.cells.subarray(at, at + bounds.length + 1)
      const sum = route.cells[at + bounds.length + 1] as number
      return histogramLines(name, labelsOf(route), { bounds, counts, sum })
    }),
  ])
}

function bandwidthLines(routes: readonly RouteTotal[]): string[] {
  const name = 'kong_bandwidth_bytes'
  return [
    ...describeFamily(name, 'counter', 'Bytes from clients (ingress) and to them (egress)'),
    ...routes.flatMap((route) =>
      Object.entries(BANDWIDTH).map(([direction, place]) =>
        sampleLine(name, { ...labelsOf(route), direction }, route.cells[place] as number),
      ),
    ),
  ]
}

function exitLines({ exits }: MetricTotals): string[] {
  const name = 'postern_exits_total'
  return [
    ...describeFamily(name, 'counter', 'Answers made by the gateway itself, by reason'),
    ...[...exits.values()].map(({ reason, status, count }) =>
      sampleLine(name, { reason, code: String(status) }, count),
    ),
  ]
}

const FUNCTION_HELP: Readonly<Record<FunctionCount, string>> = {
  calls: 'Exits handed to a function of exit-transformer',
  failures: 'Calls that threw or answered nonsense',
  kills: 'Calls ended by their deadline or a limit',
  changed: 'Calls that changed the exit',
  skipped: 'Exits not handed over because the time of the run was used up',
}

function functionLines(functions: readonly FunctionTotal[]): string[] {
  const seconds = 'postern_function_seconds'
  return [
    ...FUNCTION_COUNTS.flatMap((count) => {
      const name = `postern_function_${count}_total`
      return [
        ...describeFamily(name, 'counter', FUNCTION_HELP[count]),
        ...functions.map((one) => sampleLine(name, labelsOfFunction(one), one.counts[count])),
      ]
    }),
    ...describeFamily(seconds, 'histogram', 'Seconds until a function answered'),
    ...functions.flatMap((one) => {
      const { bounds, cells } = one
      return histogramLines(seconds, labelsOfFunction(one), {
        bounds,
        counts: cells,
        sum: one.seconds,
      })
    }),
  ]
}

function labelsOfFunction({ instance, index }: FunctionTotal): Labels {
  const place = instance === OTHERS && index === 0 ? OTHERS : String(index)
  return { plugin: 'exit-transformer', instance, function: place }
}

/** The same labels: `exit-transformer[1]` is the function 1, `pre-function[access:1]` is `access:1`. */
function labelsOfHosted({ plugin, name }: HostedFunction): Labels {
  const place = /\[(.*)\]$/.exec(name)?.[1] ?? name
  return { plugin: plugin.name, instance: instanceLabel(plugin), function: place }
}

/** Functions that end their process again and again are skipped for a while. */
function breakerLines({ workers }: MetricsFacts): string[] {
  const name = 'postern_function_switched_off'
  const nowMs = Date.now()
  const off = workers.flatMap(({ pid, functionHost }) =>
    (functionHost?.functions ?? [])
      .filter(({ switchedOffUntilMs }) => (switchedOffUntilMs ?? 0) > nowMs)
      .map((fn) => sampleLine(name, { pid: String(pid), ...labelsOfHosted(fn) }, 1)),
  )
  return [...describeFamily(name, 'gauge', 'Functions that are skipped for a while'), ...off]
}

function logLines({ loggedLines, lostLines }: MetricTotals): string[] {
  const taken = 'postern_access_log_lines_total'
  const lost = 'postern_access_log_lost_lines_total'
  return [
    ...describeFamily(taken, 'counter', 'Requests that the access log was to tell of'),
    sampleLine(taken, {}, loggedLines),
    ...describeFamily(lost, 'counter', 'Lines of it that could not be written'),
    sampleLine(lost, {}, lostLines),
  ]
}
