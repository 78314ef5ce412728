import type { Got } from './ask-upstream.ts'
import type { HostileResponseExpectation } from './hostile-case.ts'
import { valuesOf } from './strict-message.ts'
import type { SeenResponse } from './strict-responses.ts'

/** Compares what a client got with what a case allows. */
export function judgeResponse(expect: HostileResponseExpectation, got: Got): string[] {
  const [first, ...more] = got.finals
  const status = first?.status ?? 0
  const reasons: string[] = []
  if (got.bad !== undefined) reasons.push(`V1 ${got.bad}`)
  if (!expect.client_may_get.includes(status)) {
    reasons.push(`client got ${status} (${got.ended ? 'closed' : 'open'})`)
  }
  if (more.length > 0) reasons.push(`V1 ${more.length + 1} responses to one request`)
  const interim = got.all.length - got.finals.length
  if (interim > (expect.interim_max ?? interim)) reasons.push(`${interim} interim responses`)
  if (got.ms > (expect.within_ms ?? got.ms)) reasons.push(`took ${got.ms} ms`)
  for (const text of expect.raw_absent ?? []) {
    if (got.bytes.includes(text)) reasons.push(`has the octets ${JSON.stringify(text)}`)
  }
  if (first === undefined) return reasons
  return [...reasons, ...judgeBody(expect, first, got.ended), ...judgeFields(expect, first)]
}

function judgeBody(
  expect: HostileResponseExpectation,
  { status, body, isWhole, isCloseDelimited }: SeenResponse,
  ended: boolean,
): string[] {
  const isOfGateway = status >= 500
  if (expect.truncated_required === true) {
    if (isOfGateway || (!isWhole && ended)) return []
    return [isCloseDelimited ? 'a cut that cannot be seen' : 'looks whole']
  }
  if (!isWhole) return expect.truncated_ok === true ? [] : [ended ? 'cut' : 'did not end']
  if (expect.body_b64 === undefined || isOfGateway) return []
  const isSame = body.toString('base64') === expect.body_b64
  return isSame ? [] : [`body ${JSON.stringify(body.toString('latin1', 0, 40))}`]
}

function judgeFields(
  { headers_absent: absent = [], set_cookie_lines: cookies }: HostileResponseExpectation,
  { fields, trailers }: SeenResponse,
): string[] {
  const reasons: string[] = []
  for (const rule of absent) {
    const [name = '', value] = rule.split(':')
    const values = valuesOf(fields, name)
    const isThere = value === undefined ? values.length > 0 : values.includes(value)
    if (isThere) reasons.push(`has ${rule}`)
    if (value === undefined && trailers.includes(name)) reasons.push(`has ${name} as a trailer`)
  }
  const lines = valuesOf(fields, 'set-cookie').length
  if (cookies !== undefined && lines !== cookies) reasons.push(`${lines} lines of Set-Cookie`)
  return reasons
}
