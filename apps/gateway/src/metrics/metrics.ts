import { sourceOf } from '@postern/pdk-response'
import type { RequestContext } from '../request-context.ts'
import { FunctionMeter, type MeteredInstance } from './function-meter.ts'
import type { ExitReport, MetricsReport } from './metrics-report.ts'
import { RouteCells } from './route-cells.ts'

/** What a request is counted by. */
export type CountedRequest = Pick<
  RequestContext,
  'route' | 'service' | 'exit' | 'proxiedAtMs' | 'answeredAtMs'
> & {
  readonly request: Pick<RequestContext['request'], 'startedAtMs'>
  readonly response: RequestContext['response']
  readonly exchange: Pick<RequestContext['exchange'], 'bytesRead' | 'bytesWritten'>
}

/** Counts that somebody else keeps, and that only grow. */
export interface GrowingCounts {
  readonly accepted: number
  readonly requests: number
  readonly loggedLines: number
  readonly lostLines: number
}

/**
 * Routes that have cells of their own; those that come later share one. A histogram for each of a
 * hundred thousand Routes would be hundreds of megabytes to read.
 */
export const MOST_ROUTES = 2000
/** Functions that are told apart, each in 24 lines. */
export const MOST_FUNCTIONS = 1000
/** Pairs of reason and status that are told apart: plugins may invent reasons. */
export const MOST_EXITS = 500
/** The label of what is not told apart any more. */
export const OTHERS = '(others)'

const NOTHING: GrowingCounts = { accepted: 0, requests: 0, loggedLines: 0, lostLines: 0 }

/** The counters of one process that serves requests. */
export class Metrics {
  readonly #functions = new FunctionMeter()
  readonly #countsNow: () => GrowingCounts
  readonly #unmatched = new RouteCells('', '', '')
  readonly #others = new RouteCells(OTHERS, OTHERS, OTHERS)
  readonly #cellsByRoute = new Map<string, RouteCells>()
  /** Cells of configurations before this one that have not been told yet. */
  #left: RouteCells[] = []
  /** Of a pair of reason and status, in one text: how often since it was last told. */
  readonly #exits = new Map<string, { readonly reason: string; status: number; count: number }>()
  #told = NOTHING

  /** @param countsNow asked for when somebody wants to know */
  constructor(countsNow: () => GrowingCounts) {
    this.#countsNow = countsNow
  }

  /** Counts a request that has ended. Makes no object for one of a Route that is known. */
  count(ctx: CountedRequest, nowMs: number): void {
    const { response, exchange, proxiedAtMs, answeredAtMs, exit } = ctx
    const cells = this.#cellsOf(ctx)
    cells.countStatus(response.status, sourceOf(response) === 'service' ? 'service' : 'kong')
    cells.countBytes(exchange.bytesRead, exchange.bytesWritten)
    const totalMs = Math.max(0, nowMs - ctx.request.startedAtMs)
    cells.countLatencies(totalMs, answeredAtMs === 0 ? -1 : Math.max(0, answeredAtMs - proxiedAtMs))
    if (exit !== undefined) this.#countExit(exit.reason, response.status)
  }

  #cellsOf({ route, service }: CountedRequest): RouteCells {
    if (route === undefined) return this.#unmatched
    const known = this.#cellsByRoute.get(route.id)
    if (known !== undefined) return known
    if (this.#cellsByRoute.size >= MOST_ROUTES) return this.#others
    // Kong: what has no name is called by its id; a Route without a Service has an empty label.
    const made = new RouteCells(
      route.id,
      route.name ?? route.id,
      service === undefined ? '' : (service.name ?? service.id),
    )
    this.#cellsByRoute.set(route.id, made)
    return made
  }

  #countExit(reason: string, status: number): void {
    const key = `${status} ${reason}`
    const known = this.#exits.get(key)
    if (known !== undefined) known.count += 1
    else if (this.#exits.size < MOST_EXITS) this.#exits.set(key, { reason, status, count: 1 })
    else this.#countOther(status)
  }

  /** One for each status, which are few. */
  #countOther(status: number): void {
    const key = `${status} ${OTHERS}`
    const known = this.#exits.get(key)
    if (known === undefined) this.#exits.set(key, { reason: OTHERS, status, count: 1 })
    else known.count += 1
  }

  /**
   * Begins anew with another configuration, in which Routes may have other names. What was counted
   * is told under the old ones.
   */
  publish(instances: readonly MeteredInstance[]): void {
    for (const cells of this.#cellsByRoute.values()) if (cells.hasChanged) this.#left.push(cells)
    this.#cellsByRoute.clear()
    this.#functions.publish(instances)
  }

  /** What was counted since the last time; undefined when nothing was. */
  take(): MetricsReport | undefined {
    const now = this.#countsNow()
    const told = this.#told
    this.#told = now
    const left = this.#left
    this.#left = []
    const report = {
      routes: [this.#unmatched, this.#others, ...left, ...this.#cellsByRoute.values()]
        .filter((cells) => cells.hasChanged)
        .map((cells) => cells.take()),
      exits: this.#takeExits(),
      functions: this.#functions.take(),
      accepted: now.accepted - told.accepted,
      requests: now.requests - told.requests,
      loggedLines: now.loggedLines - told.loggedLines,
      lostLines: now.lostLines - told.lostLines,
    }
    return isEmpty(report) ? undefined : report
  }

  #takeExits(): ExitReport[] {
    const taken: ExitReport[] = []
    for (const exit of this.#exits.values()) {
      if (exit.count > 0) taken.push({ ...exit })
      exit.count = 0
    }
    return taken
  }
}

function isEmpty({ routes, exits, functions, ...counts }: MetricsReport): boolean {
  const isAnythingTold = routes.length + exits.length + functions.length > 0
  return !isAnythingTold && Object.values(counts).every((count) => count === 0)
}
