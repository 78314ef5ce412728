import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { createAdminClient } from './admin-client.ts'
import { type RecordingUpstream, startRecordingUpstream } from './recording-upstream.ts'
import { type RunningProgram, startProgram } from './start-program.ts'

let upstream: RecordingUpstream
const running: RunningProgram[] = []

beforeAll(async () => {
  upstream = await startRecordingUpstream()
})
afterAll(() => upstream.close())
afterEach(async () => {
  for (const program of running.splice(0)) {
    await program.stop('SIGKILL')
    program.cleanUp()
  }
})

async function start(workers: string) {
  const program = await startProgram({ settings: { workers, proxy_access_log: 'off' } })
  running.push(program)
  const admin = createAdminClient(program.admin)
  await admin.post('/services', { name: 'echo', url: upstream.url })
  await admin.post('/services/echo/routes', { name: 'open', paths: ['/open'] })
  return { program, admin }
}

/** A new connection each time, so that every worker has its turn. */
async function ask(program: RunningProgram, target: string, times: number): Promise<void> {
  for (let n = 0; n < times; n++) {
    const answer = await fetch(program.proxy + target, { headers: { connection: 'close' } })
    await answer.arrayBuffer()
  }
}

async function scrape(program: RunningProgram): Promise<Map<string, number>> {
  const answer = await fetch(`${program.status}/metrics`)
  expect(answer.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/)
  const lines = (await answer.text()).split('\n').filter((line) => /^[^#]/.test(line))
  return new Map(
    lines.map((line) => {
      const at = line.lastIndexOf(' ')
      return [line.slice(0, at), Number(line.slice(at + 1))]
    }),
  )
}

const LABELS = 'service="echo",route="open",workspace="default"'
const ANSWERED = `kong_http_requests_total{${LABELS},code="200",source="service"}`

/** Workers tell twice in a second what they have counted. */
async function eventually(program: RunningProgram, sample: string, value: number) {
  const seen: number[] = []
  for (;;) {
    const metrics = await scrape(program)
    const now = metrics.get(sample) ?? 0
    // A sum that went down would have been seen here.
    expect(now).toBeGreaterThanOrEqual(seen.at(-1) ?? 0)
    seen.push(now)
    if (now >= value) {
      expect(now).toBe(value)
      return metrics
    }
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

describe.each(['0', '1', '2'])('GET /metrics with %s workers', (workers) => {
  it('adds up the requests of a Route over all workers', async () => {
    const { program } = await start(workers)
    await ask(program, '/open', 12)
    const metrics = await eventually(program, ANSWERED, 12)
    expect(metrics.get(`kong_request_latency_ms_count{${LABELS}}`)).toBe(12)
    expect(metrics.get(`kong_upstream_latency_ms_bucket{${LABELS},le="+Inf"}`)).toBe(12)
    expect(metrics.get(`kong_bandwidth_bytes{${LABELS},direction="egress"}`)).toBeGreaterThan(1000)
  })

  it('tells exits by reason, and what functions did', async () => {
    const { program, admin } = await start(workers)
    const source = '(status, body) => [status, { ...body, more: 1 }]'
    // A busy machine must not end it: that is counted otherwise.
    const config = { functions: [source], handle_unknown: true, timeout_ms: 5000 }
    await admin.post('/plugins', { name: 'exit-transformer', instance_name: 'errors', config })
    await ask(program, '/none', 3)
    const exits = 'postern_exits_total{reason="router.no_route",code="404"}'
    const metrics = await eventually(program, exits, 3)
    const labels = 'plugin="exit-transformer",instance="errors",function="1"'
    expect(metrics.get(`postern_function_changed_total{${labels}}`)).toBe(3)
    expect(metrics.get(`postern_function_seconds_count{${labels}}`)).toBe(3)
  })
})

describe('a counter', () => {
  it('goes on from where it was when a worker is killed and replaced', async () => {
    const { program } = await start('1')
    await ask(program, '/open', 5)
    await eventually(program, ANSWERED, 5)
    const heapOf = (metrics: Map<string, number>) =>
      [...metrics.keys()].find((name) => name.startsWith('postern_worker_heap_bytes')) ?? ''
    const worker = heapOf(await scrape(program))
    process.kill(Number(/pid="(\d+)"/.exec(worker)?.[1]), 'SIGKILL')
    await program.logged('another takes its place')
    for (;;) {
      const now = heapOf(await scrape(program))
      if (now !== '' && now !== worker) break
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
    await ask(program, '/open', 4)
    await eventually(program, ANSWERED, 9)
  })

  it('is told no more when its Route is deleted', async () => {
    const { program, admin } = await start('1')
    await ask(program, '/open', 1)
    await eventually(program, ANSWERED, 1)
    await admin.delete('/routes/open')
    // The publication after it finds the Route gone.
    await admin.post('/services', { name: 'other', url: upstream.url })
    expect((await scrape(program)).has(ANSWERED)).toBe(false)
  })
})

describe('the Status API', () => {
  it('answers nothing but GET and HEAD', async () => {
    const { program } = await start('0')
    expect((await fetch(`${program.status}/metrics`, { method: 'POST' })).status).toBe(405)
    expect((await fetch(`${program.status}/metrics`, { method: 'HEAD' })).status).toBe(200)
  })
})
