import { type CompiledRegex, compileHeaderRegex } from './compile-regex.ts'
import type { MatchRequest } from './match.ts'

/** One name of a Route's `headers`. */
export interface HeaderTest {
  /** The name, lower case, as clients may spell it: hyphens and underscores count as the same. */
  readonly names: readonly string[]
  /** Lower case. */
  readonly values: ReadonlySet<string>
  readonly regexes: readonly CompiledRegex[]
}

/**
 * Compiles a Route's `headers`: all names must match, each with one of its values. A value is
 * compared as a whole without letter case; `~*` introduces an expression.
 *
 * @throws POSTERN_ROUTER_REGEX_INVALID
 */
export function compileHeaders(headers: Readonly<Record<string, readonly string[]>>): HeaderTest[] {
  return Object.entries(headers).map(([name, values]) => ({
    names: spellings(name.toLowerCase()),
    values: new Set(values.filter((value) => !isRegex(value)).map((value) => value.toLowerCase())),
    regexes: values.filter(isRegex).map((value) => compileHeaderRegex(value.slice(2))),
  }))
}

/** Whether each name has a value that matches. */
export function matchHeaders(
  tests: readonly HeaderTest[],
  request: MatchRequest,
  maxLength: number,
): boolean {
  for (const test of tests) if (!matchesName(test, request, maxLength)) return false
  return true
}

/** The last value of the last expression that matched, for its groups. */
export function* headerExecs(
  tests: readonly HeaderTest[],
  request: MatchRequest,
): Generator<RegExpExecArray> {
  for (const { names, regexes } of tests) {
    for (const value of names.flatMap((name) => request.header(name) ?? [])) {
      const exec = firstExec(regexes, value)
      if (exec !== undefined) yield exec
    }
  }
}

function firstExec(regexes: readonly CompiledRegex[], value: string): RegExpExecArray | undefined {
  for (const regex of regexes) {
    const exec = regex.exec(value)
    if (exec !== null) return exec
  }
}

function spellings(name: string): string[] {
  return [...new Set([name, name.replaceAll('_', '-'), name.replaceAll('-', '_')])]
}

function isRegex(value: string): boolean {
  return value.startsWith('~*')
}

function matchesName(test: HeaderTest, request: MatchRequest, maxLength: number): boolean {
  for (const name of test.names) {
    const value = request.header(name)
    if (value === undefined) continue
    if (typeof value === 'string') {
      if (matchesValue(test, value, maxLength)) return true
    } else if (value.some((line) => matchesValue(test, line, maxLength))) return true
  }
  return false
}

function matchesValue(test: HeaderTest, value: string, maxLength: number): boolean {
  if (test.values.has(value.toLowerCase())) return true
  if (value.length > maxLength) return false
  return test.regexes.some((regex) => regex.test(value))
}
