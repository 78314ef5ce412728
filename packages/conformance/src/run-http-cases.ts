import { setTimeout } from 'node:timers/promises'
import { checkAnswer, lookUp, parseJson } from './check-answer.ts'
import { type EchoUpstream, startEchoUpstream } from './echo-upstream.ts'
import { emptyGateway } from './empty-gateway.ts'
import { encodePayload } from './encode-payload.ts'
import { conformanceErrors } from './errors.ts'
import { fillIn } from './fill-in.ts'
import { type HttpCase, type HttpStep, type Json, textOf } from './http-case.ts'
import { sendRequest, type WireRequest } from './send-request.ts'

/** Where the gateway under test is, and how patient to be with it. */
export interface RunOptions {
  /** For example `http://127.0.0.1:8001`. Everything there is deleted before each case. */
  readonly adminUrl: string
  readonly proxyUrl: string
  /** Runs only cases whose id or source contains this. */
  readonly only?: string | undefined
  /** Waits before each request to the proxy, in milliseconds: for gateways that apply changes late. 0. */
  readonly settleMs?: number
  /** Longest wait for an answer, in milliseconds. 15000. */
  readonly timeoutMs?: number
  /** Called after each case. */
  readonly onResult?: (result: CaseResult) => void
}

/** What became of one case. */
export interface CaseResult {
  readonly id: string
  readonly holds: boolean
  /** One line for each difference, with the step and the request; empty when the case holds. */
  readonly reasons: readonly string[]
  readonly milliseconds: number
}

/**
 * Runs cases against a gateway, one after another, each on an empty configuration.
 *
 * Starts an echo upstream in this process, on 127.0.0.1, and stops it at the end; the gateway is left
 * empty. A case that cannot be run to its end does not hold, and the reason says why.
 *
 * @throws POSTERN_CONFORMANCE_URL_INVALID
 */
export async function runHttpCases(
  cases: readonly HttpCase[],
  options: RunOptions,
): Promise<readonly CaseResult[]> {
  const gateway = { admin: parseUrl(options.adminUrl), proxy: parseUrl(options.proxyUrl) }
  const { settleMs = 0, timeoutMs = 15_000, only = '' } = options
  const upstream = await startEchoUpstream()
  const results: CaseResult[] = []
  try {
    for (const one of cases) {
      if (!`${one.id}\n${one.source ?? ''}`.includes(only)) continue
      const result = await runCase(one, { ...gateway, upstream, settleMs, timeoutMs })
      results.push(result)
      options.onResult?.(result)
    }
    // A gateway that died in a case has nothing to empty, and its case says so already.
    await emptyGateway(gateway.admin, timeoutMs).catch(() => undefined)
  } finally {
    await upstream.close()
  }
  return results
}

interface Run {
  readonly admin: URL
  readonly proxy: URL
  readonly upstream: EchoUpstream
  readonly settleMs: number
  readonly timeoutMs: number
}

async function runCase(one: HttpCase, run: Run): Promise<CaseResult> {
  const startedAtMs = performance.now()
  const reasons: string[] = []
  const saved = knownFromTheStart(run.upstream)
  try {
    await emptyGateway(run.admin, run.timeoutMs)
    for (const [index, step] of one.steps.entries()) {
      const filled = fillIn(step, saved)
      const { method = 'GET', path = '/' } = filled
      const differences = await runStep(filled, run, saved)
      reasons.push(...differences.map((line) => `step ${index + 1} ${method} ${path}: ${line}`))
    }
  } catch (error) {
    reasons.push(`could not go on: ${error instanceof Error ? error.message : String(error)}`)
  }
  const milliseconds = Math.round(performance.now() - startedAtMs)
  return { id: one.id, holds: reasons.length === 0, reasons, milliseconds }
}

async function runStep(step: HttpStep, run: Run, saved: Map<string, Json | undefined>) {
  if (step.port === 'proxy' && run.settleMs > 0) await setTimeout(run.settleMs)
  if (step.wait_ms !== undefined) await setTimeout(step.wait_ms)
  const base = step.port === 'proxy' ? run.proxy : run.admin
  const answer = await sendRequest(base, wireRequest(step), run.timeoutMs)
  const expected = step.expect ?? {}
  for (const [name, path] of Object.entries(expected.save ?? {})) {
    saved.set(name, lookUp(parseJson(answer.body), path))
  }
  return checkAnswer(expected, answer)
}

function wireRequest(step: HttpStep): WireRequest {
  const { body, type } = encodePayload(step)
  const headers = Object.entries(step.headers ?? {}).flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value])
      .filter((item: Json) => item !== null)
      .map((item: Json): [string, string] => [name, textOf(item)]),
  )
  const hasType = headers.some(([name]) => name.toLowerCase() === 'content-type')
  if (type !== undefined && !hasType) headers.push(['Content-Type', type])
  return { method: step.method ?? 'GET', path: step.path ?? '/', headers, body }
}

function knownFromTheStart({ port }: EchoUpstream): Map<string, Json | undefined> {
  return new Map<string, Json | undefined>([
    ['upstream_url', `http://127.0.0.1:${port}`],
    ['upstream_host', '127.0.0.1'],
    ['upstream_port', port],
    ['upstream_hostport', `127.0.0.1:${port}`],
  ])
}

function parseUrl(text: string): URL {
  const url = URL.parse(text)
  if (url?.protocol !== 'http:') throw conformanceErrors.URL_INVALID(text)
  return url
}
