import { compareOracle, type OracleOutcome } from './compare-oracle.ts'
import { emptyGateway } from './empty-gateway.ts'
import { exchangeBytes } from './exchange-bytes.ts'
import type { OracleAnswer, OracleCase } from './oracle-case.ts'
import { type OracleServices, startOracleServices } from './oracle-upstream.ts'
import type { CaseResult } from './run-http-cases.ts'
import { sendRequest } from './send-request.ts'

/** The gateway that recorded exchanges are replayed against. */
export interface OracleOptions {
  /** Everything there is deleted before each exchange. */
  readonly adminUrl: string
  readonly proxyUrl: string
  /** What the gateway calls itself in Server and Via, for example `postern/0.1.0`. */
  readonly serverToken: string
  /** Longest wait for an answer, in milliseconds. 15000. */
  readonly timeoutMs?: number
  /** Tells how an answer differs from the recorded one. Default: `compareOracle`. */
  readonly compare?: (recorded: OracleCase, got: OracleOutcome) => string[]
}

/** What became of one exchange. */
export interface OracleResult extends CaseResult {
  readonly recorded: OracleAnswer | null
  /** Undefined: no answer. */
  readonly got: OracleAnswer | undefined
}

/**
 * Replays exchanges that were recorded from Kong, one after another, each on the configuration it
 * was recorded with. Settings are the caller's: run each group of cases with a gateway of its own.
 *
 * The Services that the recordings name are started in this process.
 */
export async function runOracleCases(
  cases: readonly OracleCase[],
  options: OracleOptions,
): Promise<readonly OracleResult[]> {
  const services = await startOracleServices()
  const results: OracleResult[] = []
  try {
    for (const one of cases) results.push(await runCase(one, options, services))
  } finally {
    await services.close()
  }
  return results
}

async function runCase(
  recorded: OracleCase,
  options: OracleOptions,
  services: OracleServices,
): Promise<OracleResult> {
  const { adminUrl, proxyUrl, timeoutMs = 15_000, compare = compareOracle } = options
  const [admin, proxy] = [new URL(adminUrl), new URL(proxyUrl)]
  const one = translate(recorded, { ...options, ports: portsOf(services, admin, proxy) })
  const startedAt = performance.now()
  await emptyGateway(admin, timeoutMs)
  const refused = await configure(admin, one, timeoutMs)
  services.take()
  for (let i = 0; i < (one.earlier ?? 0); i++) await exchangeBytes(proxy, one.request, timeoutMs)
  services.take()
  const got = await exchangeBytes(proxy, one.request, timeoutMs)
  const reasons = [...refused, ...compare(one, { answer: got, upstream: services.take() })]
  const milliseconds = performance.now() - startedAt
  return {
    id: one.id,
    holds: reasons.length === 0,
    reasons,
    milliseconds,
    recorded: one.answer,
    got,
  }
}

/** Ports of the recordings in the place of which others stand here. */
function portsOf(services: OracleServices, admin: URL, proxy: URL): ReadonlyMap<number, number> {
  return new Map([...services.ports, [18_000, Number(proxy.port)], [18_001, Number(admin.port)]])
}

function translate(
  recorded: OracleCase,
  about: { readonly ports: ReadonlyMap<number, number>; readonly serverToken: string },
): OracleCase {
  const text = JSON.stringify(recorded)
    .replace(/\b18\d{3}\b/g, (port) => String(about.ports.get(Number(port)) ?? port))
    .replace(/\bkong\/3\.9\.3\b/g, about.serverToken)
  return JSON.parse(text) as OracleCase
}

async function configure(
  admin: URL,
  { config, refused: isRefused }: OracleCase,
  timeoutMs: number,
): Promise<string[]> {
  const refused: string[] = []
  for (const { method, path, json } of config) {
    const headers = [['Content-Type', 'application/json']] as const
    const body = json === undefined ? undefined : JSON.stringify(json)
    const answer = await sendRequest(admin, { method, path, headers, body }, timeoutMs)
    if (answer.status < 300) continue
    if (isRefused) return []
    refused.push(`${method} ${path}: ${answer.status} ${answer.body.slice(0, 300)}`)
  }
  return isRefused ? ['the configuration is not refused'] : refused
}
