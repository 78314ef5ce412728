// Usage: node --conditions=@postern/source packages/http1/test/fuzz-command.ts [STREAMS] [SEED]
// A million streams take about two minutes.
import { fuzzCodec } from './fuzz-codec.ts'

const streams = Number(process.argv[2] ?? 1_000_000)
const seed = Number(process.argv[3] ?? 1)
const startedAtMs = Date.now()
const counts = fuzzCodec(seed, streams)
console.log(JSON.stringify({ seed, ...counts, seconds: (Date.now() - startedAtMs) / 1000 }))
