import type { UpstreamExpectation, UpstreamMaySee } from './hostile-case.ts'
import type { RecordedRequest, Recording } from './recorder.ts'
import { valuesOf } from './strict-message.ts'
import { targetReadings } from './target-readings.ts'

const COUNTS: Readonly<Record<UpstreamMaySee, readonly [min: number, max: number]>> = {
  nothing: [0, 0],
  'at most one request': [0, 1],
  'one request': [1, 1],
  'one or two requests': [1, 2],
  'two requests': [2, 2],
  'three requests': [3, 3],
  'as many as were answered': [0, Number.POSITIVE_INFINITY],
}

/** Compares how many requests reached the upstream with what is allowed. */
export function judgeCount(allowed: UpstreamMaySee, { requests, bad, raw }: Recording): string[] {
  const [min, max] = COUNTS[allowed]
  const { length } = requests
  const reasons: string[] = []
  if (length < min || length > max) reasons.push(`upstream saw ${length}, allowed: ${allowed}`)
  const isPartial = length === 0 && raw.length > 0 && bad.length === 0
  if (allowed === 'nothing' && isPartial) reasons.push('upstream got a part of a message')
  if (bad.length > 0) reasons.push(`I2 upstream: ${bad[0]}`)
  const isSmuggled = requests.some(({ target }) => /^(?:https?:\/\/[^/]*)?\/smuggled/.test(target))
  if (isSmuggled) reasons.push('I1 smuggled')
  return reasons
}

/** What else is known of the case when the upstream is judged. */
export interface UpstreamFacts {
  /** Final answers that the client got. */
  readonly answers: number
  /** Whole requests when a client that reads late began to read. */
  readonly requestsAtRead: number | undefined
}

/** Compares what the upstream received with what a case expects of it. */
export function judgeUpstream(
  expected: UpstreamExpectation,
  recording: Recording,
  facts: UpstreamFacts,
): string[] {
  const { requests, raw } = recording
  if (requests.length === 0 && raw.length === 0) return []
  const [first] = requests
  return [
    ...judgeStream(expected, recording, facts),
    ...(first === undefined
      ? []
      : [...judgeRequest(expected, first), ...judgeFields(expected, first)]),
    ...judgeTargets(expected, requests),
    ...judgeOctets(expected, raw.toString('latin1'), first !== undefined),
  ].map((reason) => `upstream: ${reason}`)
}

function judgeStream(
  expected: UpstreamExpectation,
  { requests }: Recording,
  { answers, requestsAtRead }: UpstreamFacts,
): string[] {
  const reasons: string[] = []
  const { length } = requests
  const started = requestsAtRead ?? length
  if (expected.incomplete_only === true && length > 0) reasons.push('got a whole request')
  if (expected.requests_max !== undefined && started > expected.requests_max) {
    reasons.push(`${started} requests were started`)
  }
  if (expected.agree === true && length > Math.max(answers, 1) + 1) {
    reasons.push(`${length} requests, ${answers} answers`)
  }
  if (expected.no_bare_lf === true && requests.some(({ head }) => /[^\r]\n/.test(head))) {
    reasons.push('a bare LF')
  }
  return reasons
}

function judgeRequest(expected: UpstreamExpectation, request: RecordedRequest): string[] {
  const { method, target, version, body, fields } = request
  const reasons: string[] = []
  const want = (holds: boolean, reason: string): void => {
    if (!holds) reasons.push(reason)
  }
  const { body_b64, body_len } = expected
  want(isOr(expected.target, target), `target ${target.slice(0, 80)}`)
  want(expected.target_any?.includes(target) !== false, `target ${target.slice(0, 80)}`)
  want(isOr(expected.method ?? expected.method_if_seen, method), `method ${method}`)
  want(isOr(expected.version, version), `version ${version}`)
  want(isOr(body_b64, body.toString('base64')), `body ${body.toString('latin1', 0, 60)}`)
  want(body_len === undefined || body.length === body_len, `${body.length} octets of body`)
  const framing = ['content-length', 'transfer-encoding'].flatMap((name) => valuesOf(fields, name))
  want(expected.framing_headers !== 'one' || framing.length === 1, `framing ${framing.join()}`)
  const hosts = valuesOf(fields, 'host')
  want(expected.has_host !== true || hosts.length === 1, `${hosts.length} Hosts`)
  want(expected.host_not === undefined || !hosts.join().includes(expected.host_not), 'Host')
  const last = valuesOf(fields, 'x-forwarded-for').join(', ').split(/,\s*/).at(-1)
  want(isOr(expected.forwarded_for_last, last), `X-Forwarded-For ends in ${last}`)
  return reasons
}

function isOr<Value>(expected: Value | undefined, got: Value | undefined): boolean {
  return expected === undefined || expected === got
}

type FieldRule = readonly [
  key: keyof UpstreamExpectation,
  holds: (values: readonly string[], given: never) => boolean,
]

/** Rules on single fields, each with the values of the field and what the case gives for it. */
const NAME_RULES = {
  headers_absent: (values: readonly string[]) => values.length === 0,
  headers_present: (values: readonly string[]) => values.length > 0,
  single: (values: readonly string[]) => values.length === 1,
} as const

const VALUE_RULES = {
  headers: (values: readonly string[], given: string) =>
    [given, Buffer.from(given).toString('latin1')].includes(values.join(', ')),
  combined: (values: readonly string[], given: string) =>
    values.join(', ').replace(/,\s*/g, ', ') === given,
  header_values_absent: (values: readonly string[], given: string) =>
    !values.some((value) => value === given || value.split(/,\s*/).includes(given)),
  header_not_containing: (values: readonly string[], given: string) =>
    !values.join(', ').includes(given),
  headers_absent_unless: (values: readonly string[], given: readonly string[]) =>
    values.every((value) => given.includes(value)),
  count_if_seen: (values: readonly string[], given: number) =>
    values.join(', ').split(/,\s*/).filter(Boolean).length === given,
} as const satisfies Readonly<Record<string, FieldRule[1]>>

function judgeFields(expected: UpstreamExpectation, { fields }: RecordedRequest): string[] {
  const reasons: string[] = []
  for (const [rule, holds] of Object.entries(NAME_RULES)) {
    for (const name of expected[rule as keyof typeof NAME_RULES] ?? []) {
      const values = valuesOf(fields, name)
      if (!holds(values)) reasons.push(`${rule} ${name}: ${values.join()}`)
    }
  }
  for (const [rule, holds] of Object.entries(VALUE_RULES)) {
    for (const [name, given] of Object.entries(expected[rule as keyof typeof VALUE_RULES] ?? {})) {
      const values = valuesOf(fields, name)
      if (!holds(values, given as never))
        reasons.push(`${rule} ${name}: ${values.join().slice(0, 80)}`)
    }
  }
  return reasons
}

function judgeTargets(
  { targets, not_under: forbidden }: UpstreamExpectation,
  requests: readonly RecordedRequest[],
): string[] {
  const got = requests.map(({ target }) => target)
  const reasons: string[] = []
  if (targets !== undefined && targets.join() !== got.join()) reasons.push(`targets ${got.join()}`)
  if (forbidden === undefined) return reasons
  for (const target of got) {
    const isUnder = targetReadings(target).some(
      (path) => path === forbidden || path.startsWith(`${forbidden}/`),
    )
    if (isUnder) reasons.push(`${target} may be read as below ${forbidden}`)
  }
  return reasons
}

function judgeOctets(expected: UpstreamExpectation, raw: string, isWhole: boolean): string[] {
  const reasons: string[] = []
  for (const text of expected.raw_absent ?? []) {
    if (raw.includes(text)) reasons.push(`has the octets ${JSON.stringify(text)}`)
  }
  for (const b64 of isWhole ? (expected.raw_present_b64 ?? []) : []) {
    if (!raw.includes(Buffer.from(b64, 'base64').toString('latin1'))) reasons.push('octets changed')
  }
  return reasons
}
