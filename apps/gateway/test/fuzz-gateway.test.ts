import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { FuzzedGateway } from './fuzz-gateway.ts'
import { TESTED_ENGINES } from './hostile-gateway.ts'

/** Another seed finds other streams: `FUZZ_SEED=7 npm test -- apps/gateway/test/fuzz-gateway.test.ts`. */
const SEED = Number(process.env['FUZZ_SEED'] ?? 1)

describe('the gateway on 2,000 mutated streams', () => {
  let gateway: FuzzedGateway
  beforeAll(async () => {
    gateway = await FuzzedGateway.start()
  })
  afterAll(() => gateway.stop())

  it('hands on what the reference parser reads, refuses the rest, and ends each connection', async () => {
    const { served, refused, partial, done } = await gateway.fuzz(SEED, 2000)
    // All ways in which a stream can end have to be seen, or the streams test nothing.
    expect(Math.min(served, refused, partial, done)).toBeGreaterThan(200)
  }, 60_000)

  it('ends those that are left open', async () => {
    await gateway.leaveOpen(SEED, 50)
  })
})

describe.each(TESTED_ENGINES)('the gateway on streams that have divided parsers, %s', (engine) => {
  let gateway: FuzzedGateway
  beforeAll(async () => {
    gateway = await FuzzedGateway.start(engine)
  })
  afterAll(() => gateway.stop())

  const plain = 'GET /a HTTP/1.1\r\nHost: a.test\r\n\r\n'
  const bareHost = plain.replace('/a', 'http:///a')
  const last = plain.replace('\r\n\r\n', '\r\nConnection: close\r\n\r\n')
  it.each([
    { what: 'an absolute target', stream: plain.replace('/a', 'http://a.test/a'), served: 1 },
    { what: 'one without a host', stream: bareHost, served: 0 },
    { what: 'one with a port alone', stream: plain.replace('/a', 'http://:80/a'), served: 0 },
    { what: 'one with a query behind //', stream: plain.replace('/a', 'http://?a'), served: 0 },
    { what: 'one without a host, repeated', stream: plain + plain + bareHost, served: 2 },
    { what: 'what stands behind a refusal', stream: bareHost + plain + plain, served: 0 },
    { what: 'what stands behind the last', stream: plain + last + plain, served: 2 },
  ])('serves $served requests of $what', async ({ what, stream, served }) => {
    for (const cuts of [[], [bareHost.length], [plain.length + last.length]]) {
      const about = (): string => `${what}, cut at ${cuts.join()}`
      const played = await gateway.play(Buffer.from(stream), { cuts, about })
      expect(played.served, about()).toBe(served)
    }
  })
})
