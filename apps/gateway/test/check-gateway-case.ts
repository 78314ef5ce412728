import { isDeepStrictEqual } from 'node:util'
import type { GatewayResult, WireAnswer } from './run-gateway-case.ts'

/** Compares what came of a case with what was expected: one line for each difference. */
export function gatewayDifferences(
  expected: Readonly<Record<string, unknown>>,
  result: GatewayResult,
): string[] {
  return Object.entries(expected).flatMap(([field, value]) => {
    const check = CHECKS[field]
    if (check === undefined) return [`no check for ${field}`]
    return check(value, result).map((line) => `${field}: ${line}`)
  })
}

type Check = (expected: unknown, result: GatewayResult) => readonly string[]

const CHECKS: Readonly<Record<string, Check>> = {
  status: (expected, { answers }) => compare(expected, answers[0]?.status),
  headers: (expected, { answers }) => checkHeaders(expected, answers[0]),
  body: (expected, { answers }) => compare(withId(expected, answers[0]), answers[0]?.body),
  body_match: (expected, { answers }) => compare({ $match: expected }, answers[0]?.body),
  json: (expected, { answers }) => compare(expected, parsed(answers[0])),
  json_has: (expected, { answers }) => compare({ $has: expected }, parsed(answers[0])),
  returns: (expected, { returns }) => compareLists(expected, returns),
  last_returns: (expected, { lastReturns }) => compareLists(expected, lastReturns),
  closed: (expected, { answers }) => compare(expected, answers[0]?.closed),
  repeat: (expected, { answers }) => compare(expected, answers.length),
  bodies: (expected, { answers }) =>
    compare(
      expected,
      answers.map(({ body }) => body),
    ),
  upstream_request: (expected, { received, answers }) => {
    const [sent] = received
    if (sent === undefined) return ['the Service got nothing']
    return Object.entries(expected as object).flatMap(([field, value]) => {
      if (field === 'path') return compare(value, sent.target)
      if (field !== 'headers') return compare(value, sent[field as 'method' | 'body'])
      return Object.entries(value as object).flatMap(([name, one]) =>
        compare(sameAs(one, answers[0]), sent.headers[name.toLowerCase()] ?? null),
      )
    })
  },
}

/** `{request_id}` stands for what the answer says its id is. */
function withId(expected: unknown, answer: WireAnswer | undefined): unknown {
  const id = answer?.header('X-Kong-Request-Id')[0] ?? ''
  return String(expected).replaceAll('{request_id}', id)
}

function sameAs(expected: unknown, answer: WireAnswer | undefined): unknown {
  const name = (expected as { $same_as_header?: string } | null)?.$same_as_header
  return name === undefined ? expected : (answer?.header(name)[0] ?? 'no such header')
}

function parsed(answer: WireAnswer | undefined): unknown {
  try {
    return JSON.parse(answer?.body ?? '')
  } catch {
    // What is no JSON equals nothing that is.
    return undefined
  }
}

function checkHeaders(expected: unknown, answer: WireAnswer | undefined): string[] {
  return Object.entries(expected as object).flatMap(([name, value]: [string, unknown]) => {
    const lines = (answer?.header(name) ?? []).map((line) => withoutCharset(line, value))
    const differences =
      value === null || Array.isArray(value) || lines.length !== 1
        ? compare(value ?? [], lines)
        : compare(sameAs(value, answer), lines[0])
    return differences.map((line) => `${name} ${line}`)
  })
}

/**
 * Kong's server tells the charset of a text whose type was given without one. The cases were
 * written down without that server.
 */
function withoutCharset(line: string, expected: unknown): string {
  return line === `${String(expected)}; charset=UTF-8` ? String(expected) : line
}

function compareLists(expected: unknown, got: readonly unknown[]): readonly string[] {
  const lists = expected as readonly (readonly unknown[])[]
  if (lists.length !== got.length) return compare(lists, got)
  return lists.flatMap((values, i) => {
    const own = got[i] as readonly unknown[]
    if (values.length !== own.length) return compare(values, own)
    return values.flatMap((value, at) => compare(value, own[at] ?? null))
  })
}

function compare(expected: unknown, got: unknown): readonly string[] {
  const holds = matches(expected, got)
  return holds ? [] : [`want ${JSON.stringify(expected)}, got ${JSON.stringify(got)}`]
}

function matches(expected: unknown, got: unknown): boolean {
  const matcher = (typeof expected === 'object' && expected) || {}
  if ('$match' in matcher) return new RegExp(String(matcher.$match)).test(String(got))
  if ('$has' in matcher) {
    return Object.entries(matcher.$has as object).every(([key, value]) =>
      isDeepStrictEqual((got as Record<string, unknown> | undefined)?.[key], value),
    )
  }
  return isDeepStrictEqual(expected, got)
}
