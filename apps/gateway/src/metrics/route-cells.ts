import {
  endOf,
  KONG_LATENCY,
  observe,
  REQUEST_LATENCY,
  UPSTREAM_LATENCY,
} from './latency-buckets.ts'

const INGRESS = endOf(REQUEST_LATENCY)
const EGRESS = INGRESS + 1

/** Where bytes are counted: from clients and to them. */
export const BANDWIDTH = { ingress: INGRESS, egress: EGRESS } as const

/** How many cells a Route has. */
export const CELL_COUNT = EGRESS + 1

/** Who made an answer, in Kong's words. */
export const SOURCES = ['service', 'kong'] as const

/** What the requests of one Route were since it was last told, in flat cells. */
export class RouteCells {
  readonly routeId: string
  /** Names, as labels have them; empty where there is none. */
  readonly route: string
  readonly service: string
  /** Places of what is counted: a status and who made the answer, in one number. */
  codes: number[] = []
  /** How often each of them. */
  counts: number[] = []
  cells: Float64Array = new Float64Array(CELL_COUNT)
  hasChanged = false

  constructor(routeId: string, route: string, service: string) {
    this.routeId = routeId
    this.route = route
    this.service = service
  }

  /** A Route answers with few statuses, and a search through them is shorter than that of a Map. */
  countStatus(status: number, source: (typeof SOURCES)[number]): void {
    const code = codeOf(status, source)
    const place = this.codes.indexOf(code)
    if (place < 0) {
      this.codes.push(code)
      this.counts.push(1)
    } else this.counts[place] = (this.counts[place] as number) + 1
    this.hasChanged = true
  }

  countBytes(ingress: number, egress: number): void {
    const { cells } = this
    cells[INGRESS] = (cells[INGRESS] as number) + ingress
    cells[EGRESS] = (cells[EGRESS] as number) + egress
  }

  /** @param upstreamMs -1 where no Service answered */
  countLatencies(totalMs: number, upstreamMs: number): void {
    const { cells } = this
    observe(cells, REQUEST_LATENCY, totalMs)
    if (upstreamMs < 0) return observe(cells, KONG_LATENCY, totalMs)
    observe(cells, UPSTREAM_LATENCY, upstreamMs)
    observe(cells, KONG_LATENCY, Math.max(0, totalMs - upstreamMs))
  }

  /** What has been counted since the last time. */
  take(): RouteReport {
    const { routeId, route, service, codes, counts, cells } = this
    this.codes = []
    this.counts = []
    this.cells = new Float64Array(CELL_COUNT)
    this.hasChanged = false
    return { routeId, route, service, codes, counts, cells }
  }
}

/** What one process has counted for a Route since it told last. Plain data. */
export type RouteReport = Pick<
  RouteCells,
  'routeId' | 'route' | 'service' | 'codes' | 'counts' | 'cells'
>

function codeOf(status: number, source: (typeof SOURCES)[number]): number {
  return status * SOURCES.length + (source === 'kong' ? 1 : 0)
}

/** The status and the source that a place in `codes` stands for. */
export function labelsOfCode(code: number): { status: number; source: string } {
  const source = SOURCES[code % SOURCES.length] as string
  return { status: Math.floor(code / SOURCES.length), source }
}
