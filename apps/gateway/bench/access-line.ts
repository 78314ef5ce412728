/**
 * What ends every request: its line and its counters, beside a JSON.stringify of the same fields.
 * Run with `node --conditions=@postern/source bench/access-line.ts`.
 */
import { createResponseState, HeaderList } from '@postern/pdk-response'
import type { Consumer, Route, Service } from '@postern/entities'
import { accessLine, type LoggedRequest } from '../src/access-log/access-line.ts'
import { isoTime } from '../src/access-log/iso-time.ts'
import { type CountedRequest, Metrics } from '../src/metrics/metrics.ts'

const STARTED_AT_MS = 1_795_000_000_000
const LINES = 500_000
const BATCH = 64 * 1024

const request = {
  id: '0123456789abcdef0123456789abcdef',
  clientAddress: '192.0.2.1',
  method: 'GET',
  scheme: 'http',
  host: 'api.example.com',
  rawPath: '/orders/7',
  httpVersion: 1.1,
  headers: HeaderList.fromRaw([
    ...['Host', 'api.example.com', 'Accept', '*/*', 'Accept-Language', 'en', 'apikey', 'k'],
    ...['User-Agent', 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'],
    ...['Accept-Encoding', 'gzip', 'Referer', 'http://example.com/page', 'Cookie', 's=1'],
  ]),
  startedAtMs: STARTED_AT_MS,
} as const
const ctx: LoggedRequest & CountedRequest = {
  request,
  response: Object.assign(createResponseState(), { status: 200, proxied: true }),
  exchange: { bytesRead: 400, bytesWritten: 700 },
  route: { id: '4c3a1c1e', name: 'orders' } as Route,
  service: { id: '9d17aa02', name: 'shop' } as Service,
  consumer: { id: '77b0cafe', username: 'ann' } as Consumer,
  exit: undefined,
  serviceResponse: { status: 200, headers: new HeaderList(), body: undefined },
  tries: [{ ip: '10.0.0.4', port: 8080, balancer_start: STARTED_AT_MS }],
  proxiedAtMs: STARTED_AT_MS,
  answeredAtMs: STARTED_AT_MS + 2,
  isDelivered: true,
}
const metrics = new Metrics(() => ({ accepted: 0, requests: 0, loggedLines: 0, lostLines: 0 }))
const fields = JSON.parse(accessLine(ctx, STARTED_AT_MS + 3)) as Record<string, unknown>
if (stringified(STARTED_AT_MS + 3) !== `${JSON.stringify(fields)}\n`) throw new Error('they differ')

measure('accessLine', (n) => accessLine(ctx, STARTED_AT_MS + (n % 100)))
measure('JSON.stringify', (n) => stringified(STARTED_AT_MS + (n % 100)))
measure('Metrics.count', (n) => {
  metrics.count(ctx, STARTED_AT_MS + (n % 100))
  return ''
})

/** The same line from an object, its other texts not made ASCII. */
function stringified(nowMs: number): string {
  const { route, service, consumer, tries, exchange, proxiedAtMs, answeredAtMs } = ctx
  const totalMs = nowMs - request.startedAtMs
  const line = {
    time: isoTime(request.startedAtMs),
    request_id: request.id,
    client_ip: request.clientAddress,
    method: request.method,
    scheme: request.scheme,
    host: request.host,
    path: request.rawPath,
    http_version: '1.1',
    status: 200,
    request_bytes: exchange.bytesRead,
    response_bytes: exchange.bytesWritten,
    total_ms: totalMs,
    kong_ms: totalMs - (answeredAtMs - proxiedAtMs),
    upstream_ms: answeredAtMs - proxiedAtMs,
    route: route?.name,
    route_id: route?.id,
    service: service?.name,
    service_id: service?.id,
    consumer: consumer?.username,
    consumer_id: consumer?.id,
    upstream: `${tries[0]?.ip}:${tries[0]?.port}`,
    upstream_status: 200,
    user_agent: request.headers.get('user-agent'),
    referer: request.headers.get('referer'),
  }
  return `${JSON.stringify(line)}\n`
}

/** The last of five rounds: the compiler has seen it all by then. */
function measure(what: string, run: (n: number) => string): void {
  let ns = 0
  for (let round = 0; round < 5; round++) {
    const before = process.cpuUsage()
    let waiting = ''
    for (let n = 0; n < LINES; n++) {
      waiting += run(n)
      if (waiting.length < BATCH) continue
      Buffer.from(waiting, 'latin1')
      waiting = ''
    }
    const { user, system } = process.cpuUsage(before)
    ns = ((user + system) * 1000) / LINES
  }
  console.log(`${what}: ${ns.toFixed(0)} ns`)
}
