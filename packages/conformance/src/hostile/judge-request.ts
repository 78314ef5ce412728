import type { HostileRequestCase } from './hostile-case.ts'
import { judgeCount, judgeUpstream } from './judge-upstream.ts'
import type { Recording } from './recorder.ts'
import type { Seen } from './send-hostile.ts'
import { valuesOf } from './strict-message.ts'
import { parseResponses, type SeenResponse, type SeenResponses } from './strict-responses.ts'

/** What came of a case. */
export interface Verdict {
  /** Of the first final answer; 0 without one. */
  readonly status: number
  readonly reasons: readonly string[]
}

/** Compares what a client and the upstream saw with what a case allows. */
export function judgeRequest(one: HostileRequestCase, seen: Seen, recording: Recording): Verdict {
  const { expect } = one
  const isHead = one.method === 'HEAD'
  const parsed = parseResponses(seen.bytes, { ended: seen.closed, isHead })
  const readsLate = expect.response?.no_read === true
  const finals = parsed.finals.filter(({ isWhole }) => isWhole || readsLate)
  const status = finals[0]?.status ?? 0
  const facts = { answers: finals.length, requestsAtRead: seen.requestsAtRead }
  return {
    status,
    reasons: [
      ...(seen.duringProblem === undefined ? [] : [`I5 meanwhile: ${seen.duringProblem}`]),
      ...judgeStatus(one, finals, seen),
      ...judgeTime(one, seen),
      ...judgeAnswers(one, parsed, seen),
      ...judgeCount(expect.upstream_may_see, recording),
      ...(expect.upstream === undefined ? [] : judgeUpstream(expect.upstream, recording, facts)),
    ],
  }
}

function judgeStatus(
  { expect }: HostileRequestCase,
  finals: readonly SeenResponse[],
  { closed }: Seen,
): string[] {
  const reasons: string[] = []
  const status = finals[0]?.status ?? 0
  const isAllowed = expect.allowed_status.includes(status)
  const ending = closed ? 'closed' : 'open'
  if (!isAllowed) reasons.push(`status ${status} (${ending}), allowed: ${expect.allowed_status}`)
  const mayStayOpen = isAllowed && !expect.must_close
  if (status === 0 && !closed && !mayStayOpen) reasons.push('no answer, and still open')
  const closes = expect.must_close || expect.close_on?.includes(status) === true
  if (closes && !closed) reasons.push('must close')
  for (const [i, allowed] of (expect.then_status ?? []).entries()) {
    const next = finals[i + 1]?.status ?? 0
    if (!allowed.includes(next)) reasons.push(`answer ${i + 2} is ${next}, allowed: ${allowed}`)
  }
  const { responses_max: most } = expect
  if (most !== undefined && finals.length > most) reasons.push(`${finals.length} answers`)
  return reasons
}

function judgeTime(
  { expect }: HostileRequestCase,
  { closed, closedMs, firstByteMs }: Seen,
): string[] {
  const { within_ms: limit } = expect
  if (limit === undefined || expect.response?.no_read === true) return []
  if (expect.must_close) {
    return closed && (closedMs ?? 0) > limit ? [`closed after ${closedMs} ms`] : []
  }
  return (firstByteMs ?? 0) > limit ? [`answered after ${firstByteMs} ms`] : []
}

function judgeAnswers(
  { expect }: HostileRequestCase,
  { all, finals, bad }: SeenResponses,
  { bytes }: Seen,
): string[] {
  const { response = {} } = expect
  const reasons: string[] = []
  // The type of a frame stands at the fourth octet; 4 is SETTINGS.
  const isHttp2 = response.or_h2_frames === true && bytes[3] === 4
  if (bad !== undefined && !isHttp2) reasons.push(`I7 ${bad}`)
  if (response.cut !== undefined && bytes.length >= response.cut) reasons.push('was not cut')
  const hasInterim = all.some(({ isInterim }) => isInterim)
  if (response.no_interim === true && hasInterim) reasons.push('an interim answer')
  for (const [i, target] of (response.order_by_target ?? []).entries()) {
    const [seen] = valuesOf(finals[i]?.fields ?? [], 'x-seen-target')
    if (seen !== target) reasons.push(`answer ${i + 1} is that of ${seen}`)
  }
  for (const text of response.body_absent ?? []) {
    if (finals.some(({ body }) => body.includes(text))) reasons.push(`a body has ${text}`)
  }
  return reasons
}
