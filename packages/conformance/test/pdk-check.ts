import { isDeepStrictEqual } from 'node:util'
import type { PdkExpectation } from './pdk-case.ts'
import type { PdkResult } from './pdk-run-case.ts'

/** Compares what came of a case with what was expected: one line for each difference. */
export function differences(expected: PdkExpectation, result: PdkResult): string[] {
  const found: string[] = []
  for (const [field, value] of Object.entries(expected)) {
    const check = CHECKS[field as keyof PdkExpectation] as Check<unknown> | undefined
    if (check === undefined) found.push(`no check for ${field}`)
    else found.push(...check(value, result).map((line) => `${field}: ${line}`))
  }
  return found
}

type Check<T> = (expected: T, result: PdkResult) => readonly string[]

const CHECKS: { readonly [F in keyof PdkExpectation]-?: Check<NonNullable<PdkExpectation[F]>> } = {
  status: (expected, { status }) => compare(expected, status),
  headers: (expected, { headers }) =>
    Object.entries(expected).flatMap(([name, value]) =>
      checkHeader(value, headers?.(name) ?? []).map((line) => `${name} ${line}`),
    ),
  body: (expected, { body }) => compare(expected, body),
  body_match: (expected, { body }) => check(new RegExp(expected).test(body ?? ''), expected, body),
  json: (expected, { body }) => compare(expected, JSON.parse(body ?? 'null')),
  json_has: (expected, { body }) =>
    Object.entries(expected).flatMap(([name, value]) =>
      compare(value, (JSON.parse(body ?? '{}') as Record<string, unknown>)[name]),
    ),
  error: (expected, { errors }) =>
    check(
      errors.some((error) => error?.includes(expected) === true),
      expected,
      errors,
    ),
  errors: (expected, { errors }) =>
    expected.flatMap((wanted, i) => {
      const error = errors[i]
      if (wanted === null) return compare(null, error)
      return check(error?.includes(wanted) === true, wanted, error)
    }),
  returns: (expected, { returns }) => checkReturns(expected, returns),
  last_returns: (expected, { lastReturns }) => checkReturns(expected, lastReturns),
  lookup: (expected, { lastReturns }) =>
    Object.entries(expected).flatMap(([key, value]) =>
      compare(value, lookUp(lastReturns[0]?.[0], key) ?? null),
    ),
  log: logged,
  error_log: logged,
  flush_error: logged,
  nolog: (expected, { logs }) =>
    check(!logs.some((line) => line.includes(expected)), `not ${expected}`, logs),
  closed: (expected, { closed }) => compare(expected, closed),
  stream_output: (expected, { streamOutput }) => compare(expected, streamOutput),
  finalize: (expected, { finalize }) => compare(expected, finalize),
}

function logged(expected: string, { logs }: PdkResult): readonly string[] {
  return check(
    logs.some((line) => line.includes(expected)),
    expected,
    logs,
  )
}

/** Any capitals, and underscores for dashes, as Kong's table of headers answers them. */
function lookUp(table: unknown, key: string): unknown {
  if (typeof table !== 'object' || table === null) return undefined
  return (table as Record<string, unknown>)[key.toLowerCase().replaceAll('_', '-')]
}

function checkHeader(expected: unknown, lines: readonly string[]): readonly string[] {
  if (expected === null) return compare([], lines)
  if (Array.isArray(expected)) return compare(expected, lines)
  return lines.length === 1 ? compare(expected, lines[0]) : compare([expected], lines)
}

function checkReturns(
  expected: readonly (readonly unknown[] | null)[],
  returned: readonly (readonly unknown[] | null)[],
): readonly string[] {
  if (expected.length !== returned.length) return compare(expected, returned)
  return expected.flatMap((values, i) => {
    const got = returned[i]
    if (values === null || got === null || got === undefined) return compare(values, got)
    if (values.length !== got.length) return compare(values, got)
    return values.flatMap((value, at) => compare(value, got[at] ?? null))
  })
}

/** Compares by value; an object with a `$` is a matcher. */
function compare(expected: unknown, got: unknown): readonly string[] {
  const matcher = typeof expected === 'object' && expected !== null ? expected : {}
  for (const [name, match] of Object.entries(MATCHERS)) {
    if (!Object.hasOwn(matcher, name)) continue
    return check(match((matcher as Record<string, unknown>)[name], got), expected, got)
  }
  return check(isDeepStrictEqual(plain(expected), plain(got)), expected, got)
}

const MATCHERS: Readonly<Record<string, (wanted: unknown, got: unknown) => boolean>> = {
  $match: (wanted, got) => new RegExp(String(wanted)).test(String(got)),
  $type: (wanted, got) => typeof got === wanted,
  $has: (wanted, got) =>
    Object.entries(wanted as object).every(([key, value]) =>
      isDeepStrictEqual((got as Record<string, unknown>)[key], value),
    ),
  $hasnot: (wanted, got) =>
    (wanted as readonly string[]).every((key) => !Object.hasOwn(got as object, key)),
  $size: (wanted, got) => Object.keys(got as object).length === wanted,
}

/** Tables of the PDK inherit nothing; what was read from a file does. */
function plain(value: unknown): unknown {
  return value === undefined ? undefined : (JSON.parse(JSON.stringify(value)) as unknown)
}

function check(holds: boolean, expected: unknown, got: unknown): readonly string[] {
  return holds ? [] : [`want ${JSON.stringify(expected)}, got ${JSON.stringify(got)}`]
}
