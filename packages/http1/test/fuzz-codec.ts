import { readStream } from './read-stream.ts'
import { MutatedStreams } from './mutated-streams.ts'
import { referenceParse } from './reference-parser.ts'

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
 * Reads mutated streams with the codec, whole and in pieces, and with the reference parser.
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
    if (JSON.stringify(whole) !== wanted || JSON.stringify(pieces) !== wanted) {
      throw new Error(
        `seed ${seed}, stream ${i}: ${JSON.stringify(stream.toString('latin1'))}\n` +
          `reference: ${wanted}\nwhole: ${JSON.stringify(whole)} (${problem?.problem})\n` +
          `cut at ${cuts.join()}: ${JSON.stringify(pieces)}`,
      )
    }
    counts.streams += 1
    counts.requests += whole.requests.length
    counts[whole.end] += 1
  }
  return counts
}
