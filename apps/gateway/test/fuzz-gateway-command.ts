// Usage: node --conditions=@postern/source apps/gateway/test/fuzz-gateway-command.ts [STREAMS] [SEED]
// 50,000 streams take a few minutes.
import { FuzzedGateway } from './fuzz-gateway.ts'

const streams = Number(process.argv[2] ?? 50_000)
const seed = Number(process.argv[3] ?? 1)
const startedAtMs = Date.now()
const gateway = await FuzzedGateway.start()
try {
  const counts = await gateway.fuzz(seed, streams)
  await gateway.leaveOpen(seed, Math.ceil(streams / 100))
  console.log(JSON.stringify({ seed, ...counts, seconds: (Date.now() - startedAtMs) / 1000 }))
} finally {
  await gateway.stop()
}
