import type { FunctionStep } from './run-function.ts'
import type { Redactor } from './redactor.ts'
import { diffExits } from './shadow-diff.ts'

/** What one function did to one Exit, for whoever wants to know who changed what. Holds no values. */
export interface TraceEntry {
  /** For example `exit-transformer[1]`. */
  readonly function: string
  readonly outcome: FunctionStep['outcome']
  /** Milliseconds, to the microsecond. */
  readonly ms: number
  /** Why it failed or was ended. */
  readonly problem?: string
  /** Before and after. */
  readonly status?: readonly [number, number]
  /** Names of headers that are different now. */
  readonly headers?: readonly string[]
  /** JSON Pointers of what is different in the body; empty text for the whole. */
  readonly body?: readonly string[]
}

/** Longest value of the response header; proxies refuse heads of 8 KiB. */
const MAX_CHARACTERS = 4096
const MAX_PROBLEM_CHARACTERS = 200

/**
 * Tells a step without values: names and places say which function it was, and a value might be
 * somebody's secret.
 */
export function traceStep(step: FunctionStep, redactor: Redactor): TraceEntry {
  const { name, outcome, problem, tookMs, before, after } = step
  const diff = diffExits(before, after, redactor)
  return {
    function: name,
    outcome,
    ms: Math.round(tookMs * 1000) / 1000,
    ...(problem !== undefined && {
      problem: redactor.clean(problem).slice(0, MAX_PROBLEM_CHARACTERS),
    }),
    ...(diff?.status !== undefined && { status: [diff.status.from, diff.status.to] as const }),
    ...(diff?.headers !== undefined && {
      headers: [diff.headers.added, diff.headers.changed, diff.headers.removed].flatMap((part) =>
        Object.keys(part ?? {}),
      ),
    }),
    ...(diff?.body !== undefined && { body: diff.body.changes.map(({ path }) => path) }),
  }
}

/**
 * The entries as JSON in ASCII, fit for a header. What would make it longer than 4,096 characters is
 * left out, and the last entry says how many were.
 */
export function traceText(entries: readonly TraceEntry[]): string {
  const texts = entries.map((entry) => ascii(JSON.stringify(entry)))
  const total = texts.reduce((length, text) => length + text.length + 1, 1)
  if (total <= MAX_CHARACTERS) return `[${texts.join(',')}]`
  const kept: string[] = []
  let length = LONGEST_OMISSION
  for (const text of texts) {
    length += text.length + 1
    if (length > MAX_CHARACTERS) break
    kept.push(text)
  }
  return `[${[...kept, JSON.stringify({ omitted: texts.length - kept.length })].join(',')}]`
}

/** Brackets, and `{"omitted":123456}`. */
const LONGEST_OMISSION = 20

function ascii(json: string): string {
  return json.replace(/[\u007f-\uffff]/g, (found) => {
    return `\\u${found.charCodeAt(0).toString(16).padStart(4, '0')}`
  })
}
