import type { ReadRequest, ReadStream, Recorder } from '@postern/conformance'
import { normalizePath } from '@postern/router'

type Recording = ReturnType<Recorder['take']>
type Recorded = Recording['requests'][number]

/** What a client has sent and got, and what has reached the Service of it. */
export interface Played {
  /** What the reference parser makes of the stream. */
  readonly read: ReadStream
  readonly recording: Recording
  /** All that the client got, latin1, until the gateway closed the connection. */
  readonly answers: string
}

/**
 * What is wrong with the way in which a gateway has played a stream; undefined where nothing is.
 *
 * The Service gets what the reference reads, in its order, and nothing else. Requests are left out at
 * the end only: behind one that closes the connection, or that the gateway has answered with an error.
 */
export function judge({ read, recording, answers }: Played): string | undefined {
  const { requests, bad } = recording
  if (bad.length > 0) return `the Service cannot read: ${bad.join(', ')}`
  if (requests.length > read.requests.length) return `${requests.length} requests reach the Service`
  for (const [i, got] of requests.entries()) {
    const problem = differenceOf(got, read.requests[i] as ReadRequest)
    if (problem !== undefined) return `request ${i} reaches the Service with ${problem}`
  }
  return problemOfAnswers(read, requests.length, readAnswers(answers, read.requests))
}

function differenceOf(got: Recorded, sent: ReadRequest): string | undefined {
  if (got.method !== sent.method) return `the method ${got.method} and not ${sent.method}`
  const wanted = canonical(sent.target)
  if (canonical(got.target) !== wanted) return `the target ${got.target} and not ${wanted}`
  const body = got.body.toString('latin1')
  if (body !== sent.body) return `the body ${JSON.stringify(body)}`
  const framing = framingOf(got)
  const isEmpty = sent.framing === 'none' && framing === 'length' && body === ''
  return framing === sent.framing || isEmpty ? undefined : `the framing ${framing}`
}

function framingOf({ fields }: Recorded): ReadRequest['framing'] {
  const names = fields.map(([name]) => name)
  if (names.includes('transfer-encoding')) return 'chunked'
  return names.includes('content-length') ? 'length' : 'none'
}

/** Path and query of a target, as the gateway hands them on. */
function canonical(target: string): string {
  const path = target.replace(/^https?:\/\/[^/?]*/i, '').replace(/^(?=\?|$)/, '/')
  const at = path.indexOf('?')
  const query = at < 0 ? '' : path.slice(at)
  return normalizePath(at < 0 ? path : path.slice(0, at)) + query
}

interface Answers {
  readonly statuses: readonly number[]
  /** What cannot be read as an answer. */
  readonly rest: string
}

/** Reads the answers to requests. One that nobody has asked for has a length all the same. */
function readAnswers(text: string, requests: readonly ReadRequest[]): Answers {
  const statuses: number[] = []
  let rest = text
  for (;;) {
    const head = /^HTTP\/1\.1 (\d{3}) [^\r\n]*\r\n(?:[^\r\n]+\r\n)*\r\n/.exec(rest)
    if (head === null) return { statuses, rest }
    const status = Number(head[1])
    rest = rest.slice(head[0].length)
    if (status < 200) continue
    const isHead = requests[statuses.length]?.method === 'HEAD'
    statuses.push(status)
    const length = /^content-length: (\d+)\r$/im.exec(head[0])
    // The last answer may be one to something else than the request that was read.
    if (!isHead || (status !== 200 && rest !== '')) rest = rest.slice(Number(length?.[1] ?? 0))
  }
}

function problemOfAnswers(
  { requests, end }: ReadStream,
  served: number,
  { statuses, rest }: Answers,
): string | undefined {
  if (rest !== '') return `the client cannot read ${JSON.stringify(rest)}`
  const good = statuses.slice(0, served)
  if (good.length < served || good.some((status) => status !== 200)) {
    return `${served} requests were served, and answered with ${statuses.join()}`
  }
  const refusals = statuses.slice(served)
  if (refusals.length > 1 || refusals.some((status) => !REFUSALS.has(status))) {
    return `${served} of ${requests.length} requests were served, and answered with ${statuses.join()}`
  }
  const isClosed = served > 0 && closes(requests[served - 1] as ReadRequest)
  const isRefused = refusals.length > 0
  if (isClosed) return isRefused ? `${refusals[0]} behind the last request` : undefined
  if (served < requests.length || end === 'refused') {
    return isRefused ? undefined : `no answer to what comes behind request ${served - 1}`
  }
  return end === 'done' && isRefused ? `${refusals[0]} behind the end` : undefined
}

/** What the gateway says of requests that it does not hand on. */
const REFUSALS: ReadonlySet<number> = new Set([400, 405, 408, 413, 414, 431, 501, 505])

function closes({ version, headers }: ReadRequest): boolean {
  const options = headers
    .filter((_, i) => i % 2 === 1 && headers[i - 1]?.toLowerCase() === 'connection')
    .flatMap((value) => value.toLowerCase().split(','))
    .map((option) => option.replaceAll(/^[ \t]+|[ \t]+$/g, ''))
  return options.includes('close') || (version === '1.0' && !options.includes('keep-alive'))
}
