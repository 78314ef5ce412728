import { setTimeout as wait } from 'node:timers/promises'
import { askUpstream, type Got } from './ask-upstream.ts'
import { Canaries, openSocket } from './canaries.ts'
import type { HostileResponseCase } from './hostile-case.ts'
import { judgeResponse } from './judge-response.ts'
import type { HostileResult } from './run-hostile-requests.ts'
import { valuesOf } from './strict-message.ts'
import type { ScriptedUpstream } from './scripted-upstream.ts'

/** The gateway behind which hostile responses are played. */
export interface HostileResponseOptions {
  /** Proxies everything of the host `plain.test` to the upstream, with timeouts of a second. */
  readonly proxyUrl: string
  readonly upstream: ScriptedUpstream
  isAlive(): boolean
  /** A header, in lower case, that functions give to every answer of the gateway itself. */
  readonly exitHeader?: string
  /** Memory of the gateway in bytes. */
  memory(): number
}

/** Plays hostile responses one after another, with canaries and the invariants after each. */
export async function runHostileResponses(
  cases: readonly HostileResponseCase[],
  options: HostileResponseOptions,
): Promise<readonly HostileResult[]> {
  const port = Number(new URL(options.proxyUrl).port)
  const canaries = new Canaries(port)
  const results: HostileResult[] = []
  for (const one of cases) {
    const startedAt = performance.now()
    await options.upstream.begin(one)
    const { status, reasons } = await play(one, { port, canaries, ...options })
    if (!options.isAlive()) reasons.push('V4 the gateway has ended')
    results.push({
      id: one.id,
      group: one.group,
      grade: one.grade,
      status,
      isPreferred: undefined,
      holds: reasons.length === 0,
      reasons,
      milliseconds: performance.now() - startedAt,
    })
  }
  canaries.close()
  return results
}

interface Playing extends HostileResponseOptions {
  readonly port: number
  readonly canaries: Canaries
}

async function play(
  one: HostileResponseCase,
  playing: Playing,
): Promise<{ status: number; reasons: string[] }> {
  if (one.client === 'repeat-200' || one.client === 'repeat-200-post') {
    return playOften(one, playing)
  }
  const { upstream, port, memory } = playing
  const before = memory()
  let peak = before
  const watch = setInterval(() => {
    peak = Math.max(peak, memory())
  }, 30)
  const got = await askUpstream(one, port)
  clearInterval(watch)
  const reasons =
    one.client === 'leave-after-1s' ? await judgeLeft(upstream) : judgeResponse(one.expect, got)
  reasons.push(...judgeExit(one, got, playing.exitHeader))
  const grownMib = (peak - before) / 1024 / 1024
  const { rss_growth_max_mib: most = Number.POSITIVE_INFINITY } = one.expect
  if (grownMib > most) reasons.push(`memory grew by ${grownMib.toFixed(0)} MiB`)
  reasons.push(...(await afterwards(one, got, playing)))
  return { status: got.finals[0]?.status ?? 0, reasons }
}

/** V5: what the gateway answers itself goes through the functions, like any other exit. */
function judgeExit(
  one: HostileResponseCase,
  { finals }: Got,
  exitHeader: string | undefined,
): string[] {
  const [first] = finals
  const { parts = [] } = one
  const octets = one.response ?? (parts[0] !== undefined && 'b64' in parts[0] ? parts[0].b64 : '')
  const isOfService = /^HTTP\/1\.1 [5-9]/.test(Buffer.from(octets, 'base64').toString('latin1'))
  if (first === undefined || first.status < 500 || isOfService || exitHeader === undefined)
    return []
  const isSeen = valuesOf(first.fields, exitHeader).length > 0
  const isKind = first.status === 502 || first.status === 504
  return isSeen && isKind ? [] : [`V5 ${first.status} did not go through the functions`]
}

/** The upstream is let go when the client has left. */
async function judgeLeft(upstream: ScriptedUpstream): Promise<string[]> {
  for (const end = Date.now() + 1200; Date.now() < end; ) {
    if (upstream.observe().isClosed) return []
    await wait(20)
  }
  return ['the upstream connection is still open though the client has left']
}

/** V3: what is asked next gets its own answer, on another connection and on the same one. */
async function afterwards(
  one: HostileResponseCase,
  { ended, socket }: Got,
  { upstream, port, canaries }: Playing,
): Promise<string[]> {
  upstream.end()
  const reasons: string[] = []
  if (one.when === 'refuse') return reasons
  await wait(60)
  const fresh = await openSocket(port)
  const problem = await canaries.sendOn(fresh)
  fresh.destroy()
  if (problem !== undefined) reasons.push(`V3 ${problem}`)
  if (!ended && !socket.destroyed && one.client !== 'post-10MiB') {
    const same = await canaries.sendOn(socket)
    if (same !== undefined && same !== 'closed') reasons.push(`V3 same connection: ${same}`)
  }
  const { reusedFor } = upstream.observe()
  if (reusedFor !== undefined && one.expect.upstream_closed === true) {
    reasons.push(`the upstream connection was used again, for ${reusedFor}`)
  }
  socket.destroy()
  return reasons
}

/** A Service that closes a kept connection at the wrong moment must cost nobody an answer. */
async function playOften(
  one: HostileResponseCase,
  { upstream, port }: Playing,
): Promise<{ status: number; reasons: string[] }> {
  const reasons: string[] = []
  let status = 0
  for (let i = 0; i < 200; i++) {
    const got = await askUpstream(one, port)
    got.socket.destroy()
    status = got.finals[0]?.status ?? 0
    if (!one.expect.client_may_get.includes(status)) reasons.push(`request ${i + 1} got ${status}`)
  }
  const { plays } = upstream.observe()
  const isTwice = one.client === 'repeat-200-post' && plays > 200
  if (isTwice) reasons.push(`${plays} POSTs reached the upstream for 200`)
  upstream.end()
  return { status, reasons: reasons.slice(0, 3) }
}
