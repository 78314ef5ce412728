import { MutatedStreams, referenceParse } from '@postern/conformance'
import { readStream, rememberingHeads } from './read-stream.ts'

/** What a run of the fuzzer has seen. */
export interface FuzzCounts {
  streams: number
  /** Requests that were accepted, in all streams. */
  requests: number
  refused: number
  partial: number
  done: number
}

/**
 * Reads mutated streams with the codec, whole and in pieces, and with the reference parser; and each of
 * them three times in a row as a connection reads it, which remembers heads.
 *
 * @throws an Error that names seed, number and stream at the first disagreement about the number of
 *   requests, their method, target, fields, framing, body and trailers, or about where the stream ends
 */
export function fuzzCodec(seed: number, streams: number): FuzzCounts {
  const made = new MutatedStreams(seed)
  const counts: FuzzCounts = { streams: 0, requests: 0, refused: 0, partial: 0, done: 0 }
  for (let i = 0; i < streams; i++) {
    const stream = made.next()
    const cuts = made.cuts(stream.length)
    const wanted = JSON.stringify(referenceParse(stream.toString('latin1')))
    const { problem, ...whole } = readStream(stream)
    const { problem: _, ...pieces } = readStream(stream, cuts)
    const where = `seed ${seed}, stream ${i}`
    if (JSON.stringify(whole) !== wanted || JSON.stringify(pieces) !== wanted) {
      throw new Error(
        `${where}: ${JSON.stringify(stream.toString('latin1'))}\n` +
          `reference: ${wanted}\nwhole: ${JSON.stringify(whole)} (${problem?.problem})\n` +
          `cut at ${cuts.join()}: ${JSON.stringify(pieces)}`,
      )
    }
    readRepeated(Buffer.concat([stream, stream, stream]), cuts, where)
    counts.streams += 1
    counts.requests += whole.requests.length
    counts[whole.end] += 1
  }
  return counts
}

/** A stream that repeats what stands in it, read by a reader that remembers heads and by one that does not. */
function readRepeated(stream: Buffer, cuts: readonly number[], where: string): void {
  for (const at of [[], cuts]) {
    const wanted = shown(stream, at)
    const read = shown(stream, at, rememberingHeads())
    if (read === wanted) continue
    throw new Error(
      `${where}, three times, cut at ${at.join()}: ${JSON.stringify(stream.toString('latin1'))}\n` +
        `read anew: ${wanted}\nremembered: ${read}`,
    )
  }
}

/** What is read, as text, and the status of the refusal. */
export function shown(...args: Parameters<typeof readStream>): string {
  const { problem, ...read } = readStream(...args)
  return JSON.stringify({ ...read, status: problem?.status })
}
