import { setTimeout as wait } from 'node:timers/promises'
import type { CaseResult } from '../run-http-cases.ts'
import { Canaries } from './canaries.ts'
import type { Grade, HostileRequestCase } from './hostile-case.ts'
import { judgeRequest } from './judge-request.ts'
import type { Recorder } from './recorder.ts'
import { sendHostile } from './send-hostile.ts'

/** The gateway that hostile cases are played against. */
export interface HostileOptions {
  /** `http://127.0.0.1:8000`, with the Routes that the cases speak of in front of the recorder. */
  readonly proxyUrl: string
  readonly recorder: Recorder
  /** Whether the process lives, with the process id that it had. */
  isAlive(): boolean
  /** What the gateway has logged so far. */
  log(): string
  /** What must not be in a log: API keys. */
  readonly secrets: readonly string[]
}

/** What became of one case. */
export interface HostileResult extends CaseResult {
  readonly group: string
  readonly grade: Grade
  /** Of the first final answer; 0 without one. */
  readonly status: number
  /** Whether it was the strictest of several allowed ones; undefined where there is only one. */
  readonly isPreferred: boolean | undefined
}

/** Plays hostile requests one after another, with canaries and the invariants after each. */
export async function runHostileRequests(
  cases: readonly HostileRequestCase[],
  options: HostileOptions,
): Promise<readonly HostileResult[]> {
  const canaries = new Canaries(Number(new URL(options.proxyUrl).port))
  const results: HostileResult[] = []
  for (const one of cases) results.push(await runCase(one, canaries, options))
  canaries.close()
  return results
}

async function runCase(
  one: HostileRequestCase,
  canaries: Canaries,
  options: HostileOptions,
): Promise<HostileResult> {
  const { recorder } = options
  const startedAt = performance.now()
  const logged = options.log().length
  recorder.take()
  const port = Number(new URL(options.proxyUrl).port)
  const requestCount = (): number => recorder.count
  const seen = await sendHostile(one, { port, canaries, requestCount })
  await quietUpstream(recorder)
  const { status, reasons } = judgeRequest(one, seen, recorder.take())
  const after = await afterCase(canaries, options, logged)
  const all = [...reasons, ...after]
  return {
    id: one.id,
    group: one.group,
    grade: one.grade,
    status,
    isPreferred: one.expect.prefer?.includes(status),
    holds: all.length === 0,
    reasons: all,
    milliseconds: performance.now() - startedAt,
  }
}

/** What was pipelined may still be on its way. */
async function quietUpstream(recorder: Recorder): Promise<void> {
  for (let before = -1; before !== recorder.count; ) {
    before = recorder.count
    await wait(before > 10 ? 150 : 30)
  }
}

/** Invariants I5, I6 and I8. */
async function afterCase(
  canaries: Canaries,
  { isAlive, log, secrets }: HostileOptions,
  logged: number,
): Promise<string[]> {
  const reasons: string[] = []
  const problem = await canaries.send()
  if (problem !== undefined) reasons.push(`I5 ${problem}`)
  if (!isAlive()) reasons.push('I6 the gateway has ended')
  const lines = log().slice(logged)
  if (/uncaught|unhandled/i.test(lines)) reasons.push('I6 an uncaught exception is in the log')
  // A line ends in LF; anything else below a space would let a request write lines of its own.
  if (hasControls(lines)) reasons.push('I8 control octets are in the log')
  if (secrets.some((secret) => lines.includes(secret))) reasons.push('I8 an API key is in the log')
  return reasons
}

function hasControls(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code < 0x20 && code !== 0x0a && code !== 0x09) return true
  }
  return false
}
