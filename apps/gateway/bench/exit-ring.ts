/**
 * What keeping an exit costs each request that the gateway answers itself, beside keeping none.
 * Run with `node --conditions=@postern/source bench/exit-ring.ts`.
 */
import type { Exit } from '@postern/pdk-response'
import { ExitRing, type RingSource } from '../src/exit-ring/exit-ring.ts'
import { trialRequestFacts } from '../src/exit-trials/trial-request.ts'

const EXITS = 1_000_000

const exit: Exit = {
  status: 401,
  body: '{\n  "message":"No API key found in request",\n  "request_id":"0123456789abcdef0123456789abcdef"\n}',
  headers: { 'WWW-Authenticate': 'Key', 'Content-Type': 'application/json; charset=utf-8' },
  source: 'exit',
  kind: 'ordinary',
  reason: 'key-auth.no_key',
  message: 'No API key found in request',
  phase: 'access',
  plugin: 'key-auth',
}
const changed: Exit = { ...exit, body: { error: 'key-auth.no_key', status: 401 } }
const source: RingSource = {
  request: trialRequestFacts({ headers: { accept: 'text/html', apikey: 'k' } }),
  route: undefined,
  service: undefined,
  consumer: undefined,
  snapshot: { secretNames: ['apikey'] },
}

const ring = new ExitRing(100)
ring.add(source, exit, changed)
const [kept] = ring.show(1)
if (kept?.sent === undefined || kept.reason !== exit.reason) throw new Error('it is not kept')

for (let round = 0; round < 3; round++) {
  measure('keeps none', new ExitRing(0), changed)
  measure('keeps it unchanged', ring, exit)
  measure('keeps it changed', ring, changed)
}

/** CPU and not wall time: the machine may have other work. */
function measure(title: string, into: ExitRing, sent: Exit): void {
  const before = process.cpuUsage()
  for (let n = 0; n < EXITS; n++) into.add(source, exit, sent)
  const { user, system } = process.cpuUsage(before)
  console.log(`${title}: ${((user + system) / EXITS).toFixed(3)} us`)
}
