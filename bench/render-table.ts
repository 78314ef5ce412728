import { BASELINE } from './engines.ts'
import type { Measured, Series } from './measure-load.ts'
import { pairedRatios, type Spread, spreadOf } from './statistics.ts'

/** One line of the table as figures: what the JSON holds. */
export interface Row {
  readonly load: string
  readonly engine: string
  readonly isBare: boolean
  readonly cpuUs: Spread
  readonly rate: Spread
  readonly p99Ms: Spread
  readonly residentMib: number
  /** To nginx of the same rounds. */
  readonly overNginx: Spread | undefined
  /** To another request of the same process, and how much more the subject takes. */
  readonly overOwn: Spread | undefined
  readonly moreUs: Spread | undefined
  /** The figures of all rounds, for whoever wants to compute something else. */
  readonly rounds: readonly number[]
}

export function rowsOf({ load, series }: Measured): Row[] {
  const baseline = series.find(({ engine, role }) => engine === BASELINE && role === 'subject')
  return series
    .filter(({ role }) => role === 'subject')
    .map((subject) => {
      const own = series.find(({ engine, role }) => engine === subject.engine && role === 'own')
      const isBaseline = subject.engine === BASELINE
      return {
        load: load.name,
        engine: subject.engine,
        isBare: subject.isBare,
        cpuUs: spreadOf(subject.cpuUs),
        rate: spreadOf(subject.rate),
        p99Ms: spreadOf(subject.p99Ms),
        residentMib: subject.residentMib,
        overNginx: isBaseline ? undefined : ratio(subject, baseline),
        overOwn: ratio(subject, own),
        moreUs: own && spreadOf(subject.cpuUs.map((us, round) => us - (own.cpuUs[round] ?? NaN))),
        rounds: subject.cpuUs,
      }
    })
}

function ratio(subject: Series, base: Series | undefined): Spread | undefined {
  return base && spreadOf(pairedRatios(subject.cpuUs, base.cpuUs))
}

/** The table in Markdown, a line for each load and engine. */
export function renderTable(all: readonly Measured[]): string {
  const lines = [
    '| load | engine | us CPU/request: p25 (min) | ratio to nginx | to its own reference | goal |',
    '| --- | --- | --- | --- | --- | --- |',
  ]
  for (const measured of all) {
    for (const row of rowsOf(measured)) lines.push(lineOf(measured, row))
    for (const { engine } of measured.leftOut) {
      lines.push(`| ${measured.load.title} | ${engine} | **left out** | | | |`)
    }
  }
  return lines.join('\n')
}

function lineOf({ load }: Measured, row: Row): string {
  const own =
    row.overOwn && `${spread(row.overOwn)} of ${load.own?.title}, ${signed(row.moreUs)} us`
  const cells = [
    load.title,
    row.engine,
    `${digits(row.cpuUs.q1)} (${digits(row.cpuUs.min)})`,
    row.overNginx === undefined ? (row.engine === BASELINE ? '1.00' : '') : spread(row.overNginx),
    own ?? '',
    row.isBare ? '' : goalOf(load),
  ]
  return `| ${cells.join(' | ')} |`
}

function spread({ median, q1, q3 }: Spread): string {
  return `**${median.toFixed(2)}** (${q1.toFixed(2)}-${q3.toFixed(2)})`
}

function signed(more: Spread | undefined): string {
  const us = more?.median ?? Number.NaN
  return `${us < 0 ? '' : '+'}${us.toFixed(1)}`
}

function digits(us: number): string {
  return us.toFixed(us < 1000 ? 1 : 0)
}

function goalOf({ goal = {}, own }: Measured['load']): string {
  if (goal.nginx !== undefined) return `<= ${goal.nginx} x nginx`
  if (goal.own !== undefined) return `<= ${goal.own} x ${own?.title}`
  return goal.moreUs === undefined ? '' : `<= +${goal.moreUs} us`
}
