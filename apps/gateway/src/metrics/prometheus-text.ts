/** Names and values of labels; an empty value is the same as no label. */
export type Labels = Readonly<Record<string, string>>

/** The two lines that stand before the samples of a metric. */
export function describeFamily(
  name: string,
  type: 'counter' | 'gauge' | 'histogram',
  help: string,
): string[] {
  return [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`]
}

/** One sample in Prometheus' text format, version 0.0.4. */
export function sampleLine(name: string, labels: Labels, value: number): string {
  const pairs = Object.entries(labels).map(([label, text]) => `${label}="${escapeLabel(text)}"`)
  return `${name}${pairs.length === 0 ? '' : `{${pairs.join(',')}}`} ${value}`
}

/** Names of entities come from whoever may configure; a line feed would begin another sample. */
function escapeLabel(text: string): string {
  return text.replace(/["\\\n]/g, (character) => (character === '\n' ? '\\n' : `\\${character}`))
}

/** Observations: each in one cell, the last one above all bounds. */
export interface Histogram {
  readonly bounds: readonly number[]
  readonly counts: ArrayLike<number>
  readonly sum: number
}

/**
 * The samples of a histogram, whose buckets Prometheus wants added up from the left. None where
 * nothing was observed: a Route that is never proxied has no latency of its Service.
 */
export function histogramLines(name: string, labels: Labels, histogram: Histogram): string[] {
  const { bounds, counts, sum } = histogram
  let count = 0
  const lines = [...bounds, Number.POSITIVE_INFINITY].map((bound, cell) => {
    count += counts[cell] ?? 0
    const le = bound === Number.POSITIVE_INFINITY ? '+Inf' : String(bound)
    return sampleLine(`${name}_bucket`, { ...labels, le }, count)
  })
  if (count === 0) return []
  return [
    ...lines,
    sampleLine(`${name}_sum`, labels, sum),
    sampleLine(`${name}_count`, labels, count),
  ]
}
