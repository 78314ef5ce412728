import { METHODS } from 'node:http'
import { MutatedStreams, type ReadRequest } from '@postern/conformance'
import { describe, expect, it } from 'vitest'
import { type NodeRequest, readWithNode } from './node-oracle.ts'
import { type CodecStream, readStream } from './read-stream.ts'

const STREAMS = 3000
const SEED = Number(process.env.FUZZ_SEED ?? 1)

/** Why we refuse what node:http accepts. */
const REFUSED_BY_US_ONLY = new Set([
  // RFC 9112, 3.2: what node:http leaves to its user.
  'Host is missing',
  'Host is no host',
  'more than one Host',
  'the target is no path and no URL',
  'the target of CONNECT is no host and port',
  // llhttp reads `GET /p` and headers as HTTP/0.9, takes several spaces, and skips what stands before a method.
  'the request line is not method, target and version',
  'the request line does not end in a version',
  'the method is no token',
  'a version other than HTTP/1.0 and HTTP/1.1',
  // RFC 9112, 6.1: node:http forwards these as if they were chunked, or without a body.
  'a transfer coding other than chunked',
  'Transfer-Encoding does not end in chunked',
  'Transfer-Encoding in HTTP/1.0',
  'CONNECT has a body',
  // Grammar of chunk extensions; a fragment in a target; a second empty line before a head.
  'the line of a chunk is not size and extensions',
  'the target has a character that no target has',
  'the head has a bare CR, a bare LF or a control character',
])

describe(`the codec and node:http on ${STREAMS} mutated streams`, () => {
  it('agree on what both accept; the reasons of the others are known', async () => {
    const made = new MutatedStreams(SEED)
    let agreed = 0
    for (let i = 0; i < STREAMS; i++) {
      const stream = made.next()
      const ours = readStream(stream)
      const node = await readWithNode(stream)
      const found = compare(ours, node)
      if (typeof found === 'string') {
        throw new Error(
          `seed ${SEED}, stream ${i}: ${found}\n${JSON.stringify(stream.toString('latin1'))}`,
        )
      }
      agreed += found
    }
    expect(agreed).toBeGreaterThan(STREAMS / 4)
  }, 60_000)
})

/** How many requests are the same, or what is wrong. */
function compare(ours: CodecStream, node: readonly NodeRequest[]): number | string {
  let agreed = 0
  for (const [i, request] of ours.requests.entries()) {
    const other = node[i]
    if (other === undefined)
      return isUnknownMethod(request) ? agreed : `only we accept request ${i}`
    const difference = differenceOf(request, other)
    if (difference !== undefined) return `request ${i} differs: ${difference}`
    // Node ends the connection at the first fault of a packet, also for the requests before it.
    if (!other.isWhole) return agreed
    agreed += 1
    if (mayEndConnection(request)) return agreed
  }
  const more = node.slice(ours.requests.length).some(({ isWhole }) => isWhole)
  if (!more) return agreed
  if (ours.problem === undefined) return 'only node accepts more, and we do not refuse it'
  const { problem } = ours.problem
  return REFUSED_BY_US_ONLY.has(problem) ? agreed : `only node accepts more; we say: ${problem}`
}

function differenceOf(ours: ReadRequest, node: NodeRequest): string | undefined {
  if (ours.method !== node.method) return `method ${ours.method}, ${node.method}`
  if (ours.target !== node.target) return `target ${ours.target}, ${node.target}`
  if ((ours.framing === 'chunked') !== node.isChunked) return `framing ${ours.framing}`
  const body = node.isWhole ? ours.body : ours.body.slice(0, node.body.length)
  return body === node.body ? undefined : `body ${JSON.stringify([ours.body, node.body])}`
}

function isUnknownMethod({ method }: ReadRequest): boolean {
  return !METHODS.includes(method)
}

/** Node reads nothing behind the last request of a connection. */
function mayEndConnection({ method, headers, version }: ReadRequest): boolean {
  const saysSo = headers.some((name, i) => i % 2 === 0 && /^(?:proxy-)?connection$/i.test(name))
  return saysSo || method === 'CONNECT' || version === '1.0'
}
