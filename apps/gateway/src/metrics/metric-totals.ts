import {
  type ExitReport,
  FUNCTION_COUNTS,
  type FunctionCount,
  type FunctionReport,
  type MetricsReport,
} from './metrics-report.ts'
import { MOST_EXITS, MOST_FUNCTIONS, MOST_ROUTES, OTHERS } from './metrics.ts'
import type { RouteReport } from './route-cells.ts'

/** What all processes together have counted of a Route. */
export interface RouteTotal {
  readonly route: string
  readonly service: string
  /** By the place of a status and a source. */
  readonly countByCode: Map<number, number>
  readonly cells: Float64Array
}

/** What they have counted of a function. */
export interface FunctionTotal extends Pick<FunctionReport, 'instance' | 'index' | 'bounds'> {
  readonly counts: Record<FunctionCount, number>
  readonly cells: number[]
  seconds: number
}

/**
 * Adds up what the processes tell. Nothing here ever goes down, whatever becomes of a worker; what a
 * worker that is killed has counted since it told last is not known.
 */
export class MetricTotals {
  /** By labels: Routes of one name are one series. */
  readonly routes = new Map<string, RouteTotal & { readonly routeId: string }>()
  readonly exits = new Map<
    string,
    { readonly reason: string; readonly status: number; count: number }
  >()
  readonly functions = new Map<string, FunctionTotal>()
  accepted = 0
  requests = 0
  loggedLines = 0
  lostLines = 0

  add(report: MetricsReport): void {
    this.accepted += report.accepted
    this.requests += report.requests
    this.loggedLines += report.loggedLines
    this.lostLines += report.lostLines
    for (const route of report.routes) this.#addRoute(route)
    for (const exit of report.exits) this.#addExit(exit)
    for (const one of report.functions) this.#addFunction(one)
  }

  /** Forgets Routes that are gone, whose series would be told for ever. */
  keepRoutes(isThere: (routeId: string) => boolean): void {
    for (const [key, { routeId }] of this.routes) {
      if (routeId !== '' && routeId !== OTHERS && !isThere(routeId)) this.routes.delete(key)
    }
  }

  /** Forgets functions that are configured no more, and those whose instance has another name now. */
  keepFunctions(isThere: (instance: string, index: number) => boolean): void {
    for (const [key, { instance, index }] of this.functions) {
      if (index !== NO_INDEX && !isThere(instance, index)) this.functions.delete(key)
    }
  }

  #addRoute(report: RouteReport): void {
    const { codes, counts, cells } = report
    const { countByCode, cells: sums } = this.#totalOf(report)
    codes.forEach((code, place) => {
      countByCode.set(code, (countByCode.get(code) ?? 0) + (counts[place] as number))
    })
    cells.forEach((count, place) => {
      sums[place] = (sums[place] as number) + count
    })
  }

  /** Workers choose the Routes that have cells of their own, and need not choose alike. */
  #totalOf({ routeId, route, service, cells }: RouteReport): RouteTotal {
    const key = `${service}\n${route}`
    const known = this.routes.get(key)
    if (known !== undefined) return known
    if (this.routes.size > MOST_ROUTES && route !== OTHERS && routeId !== '') {
      return this.#totalOf({ ...OTHER_ROUTES, cells })
    }
    const countByCode = new Map<number, number>()
    const made = { routeId, route, service, countByCode, cells: new Float64Array(cells.length) }
    this.routes.set(key, made)
    return made
  }

  /** Each worker has its own first reasons. */
  #addExit({ reason, status, count }: ExitReport): void {
    const key = `${status} ${reason}`
    const known = this.exits.get(key)
    if (known !== undefined) known.count += count
    else if (this.exits.size < MOST_EXITS || reason === OTHERS) {
      this.exits.set(key, { reason, status, count })
    } else this.#addExit({ reason: OTHERS, status, count })
  }

  #addFunction(report: FunctionReport): void {
    const { instance, index, bounds, counts, cells, seconds } = report
    const key = `${instance}\n${index}`
    const known = this.functions.get(key)
    if (known === undefined && this.functions.size >= MOST_FUNCTIONS && index !== NO_INDEX) {
      this.#addFunction({ ...report, instance: OTHERS, index: NO_INDEX })
      return
    }
    if (known === undefined) {
      const made = { instance, index, bounds, counts: { ...counts }, cells: [...cells], seconds }
      this.functions.set(key, made)
      return
    }
    for (const name of FUNCTION_COUNTS) known.counts[name] += counts[name]
    cells.forEach((count, place) => {
      known.cells[place] = (known.cells[place] ?? 0) + count
    })
    known.seconds += seconds
  }
}

/** Of functions that are not told apart. */
const NO_INDEX = 0

const OTHER_ROUTES = { routeId: OTHERS, route: OTHERS, service: OTHERS, codes: [], counts: [] }
