import { readFileSync } from 'node:fs'
import {
  createRouter,
  createStreamRouter,
  type Match,
  normalizePath,
  type RouteFields,
  type ServiceFields,
  upstreamPath,
} from '@postern/router'
import { describe, expect, it } from 'vitest'

/** One recorded decision of Kong's own router. */
interface RouterCase {
  readonly id: string
  readonly topic: string
  readonly subsystem?: string
  readonly routes: readonly (RouteFields & { readonly service?: ServiceFields })[]
  readonly request: CaseRequest
  readonly expect: Expected
  /** Under the documented order, where that is another outcome. */
  readonly expect_strict?: Expected
}

interface CaseRequest {
  readonly method: string
  readonly uri: string
  readonly host?: string
  readonly scheme: 'http' | 'https'
  readonly sni?: string
  readonly src_ip?: string
  readonly src_port?: number
  readonly dst_ip?: string
  readonly dst_port?: number
  readonly headers?: Readonly<Record<string, string | readonly string[]>>
}

interface Expected {
  readonly route: string | null
  readonly upstream_uri?: string
  readonly prefix?: string
  readonly captures?: Readonly<Record<string, string>>
}

/** Cases that do not hold under both calculations, and why. */
const DIFFERENT: ReadonlyMap<string, string> = new Map([
  ['router-1063', 'a trailing dot of the Host is ignored, as RFC 1034 has it'],
  ['router-1085', 'hosts are compared without letter case, as RFC 4343 has it'],
])

/** The same, under the documented order only. */
const DIFFERENT_STRICT: ReadonlyMap<string, string> = new Map([
  ...DIFFERENT,
  ['router-1017', 'a negative regex_priority counts as less than 0, not as a huge number'],
  ['router-1019', 'a negative regex_priority counts as less than 0, not as a huge number'],
])

const { cases } = JSON.parse(
  readFileSync(new URL('../cases/router.cases.json', import.meta.url), 'utf8'),
) as { cases: readonly RouterCase[] }

describe.each([
  { matchCalculation: 'original', different: DIFFERENT, held: 527 },
  { matchCalculation: 'strict', different: DIFFERENT_STRICT, held: 525 },
] as const)('the recorded decisions of Kong, $matchCalculation', (row) => {
  const { matchCalculation, different, held } = row

  it.each(cases.filter(({ id }) => !different.has(id)))('$id: $topic', (each) => {
    const { expect: original, expect_strict: strict } = each
    const expected = matchCalculation === 'strict' ? (strict ?? original) : original
    expect(outcome(each, expected, matchCalculation)).toEqual(expected)
  })

  it.each(cases.filter(({ id }) => different.has(id)))('still differs: $id: $topic', (each) => {
    expect(outcome(each, each.expect, matchCalculation)).not.toEqual(each.expect)
  })

  it(`holds ${held} of 529`, () => {
    expect(cases).toHaveLength(529)
    expect(cases.filter(({ id }) => !different.has(id))).toHaveLength(held)
  })
})

/** What the router makes of a case, with the fields that the expectation has. */
function outcome(
  each: RouterCase,
  expected: Expected,
  matchCalculation: 'strict' | 'original',
): unknown {
  // In the cases, unlike in the entity, strip_path is false unless set.
  const routes = each.routes.map(({ service, ...route }) => ({
    route: { strip_path: false, ...route },
    service,
  }))
  if (each.subsystem === 'stream') {
    const match = createStreamRouter(routes, { matchCalculation }).match(streamOf(each.request))
    return { ...expected, route: match?.route.id ?? null }
  }
  const path = pathOf(each.request.uri)
  const match = createRouter(routes, { matchCalculation }).match(requestOf(each.request, path))
  if (match === undefined) return { ...expected, route: null }
  return { ...expected, ...describeMatch(match, path, expected) }
}

function describeMatch(
  match: Match<RouteFields, ServiceFields>,
  path: string,
  expected: Expected,
): Record<string, unknown> {
  const described: Record<string, unknown> = { route: match.route.id }
  if (match.service !== undefined) described.upstream_uri = upstreamPath(match, path)
  if (expected.prefix !== undefined) described.prefix = match.prefix
  if (match.captures !== undefined) described.captures = captured(match)
  return described
}

/** Groups by number and by name, without group 0 and those that took no part. */
function captured({ captures }: Match<RouteFields, ServiceFields>): Record<string, string> {
  const groups: Record<string, string> = {}
  for (const [number, text] of (captures?.unnamed ?? []).entries()) {
    if (number > 0 && text !== undefined) groups[number] = text
  }
  return { ...groups, ...captures?.named }
}

function requestOf(request: CaseRequest, path: string) {
  const headers = new Map(
    Object.entries(request.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]),
  )
  return {
    method: request.method,
    path,
    host: request.host,
    port: request.dst_port ?? (request.scheme === 'https' ? 443 : 80),
    scheme: request.scheme,
    sni: request.sni,
    header: (name: string) => headers.get(name),
  }
}

function streamOf(request: CaseRequest) {
  return {
    sourceIp: request.src_ip,
    sourcePort: request.src_port,
    destinationIp: request.dst_ip,
    destinationPort: request.dst_port,
    sni: request.sni,
  }
}

function pathOf(uri: string): string {
  const bytes = Buffer.from(uri).toString('latin1')
  const query = bytes.indexOf('?', 1)
  return normalizePath(query < 0 ? bytes : bytes.slice(0, query))
}
