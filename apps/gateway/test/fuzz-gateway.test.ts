import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { FuzzedGateway } from './fuzz-gateway.ts'

/** Another seed finds other streams: `FUZZ_SEED=7 npm test -- apps/gateway/test/fuzz-gateway.test.ts`. */
const SEED = Number(process.env['FUZZ_SEED'] ?? 1)

let gateway: FuzzedGateway
beforeAll(async () => {
  gateway = await FuzzedGateway.start()
})
afterAll(() => gateway.stop())

describe('the gateway on 2,000 mutated streams', () => {
  it('hands on what the reference parser reads, refuses the rest, and ends each connection', async () => {
    const { served, refused, partial, done } = await gateway.fuzz(SEED, 2000)
    // All ways in which a stream can end have to be seen, or the streams test nothing.
    expect(Math.min(served, refused, partial, done)).toBeGreaterThan(200)
  }, 60_000)

  it('ends those that are left open', async () => {
    await gateway.leaveOpen(SEED, 50)
  })
})

describe('the gateway on streams that were read in two ways', () => {
  const plain = 'GET /a HTTP/1.1\r\nHost: a.test\r\n\r\n'
  it.each([
    { what: 'an absolute target', stream: plain.replace('/a', 'http://a.test/a'), served: 1 },
    { what: 'one without a host', stream: plain.replace('/a', 'http:///a'), served: 0 },
    { what: 'one with a port alone', stream: plain.replace('/a', 'http://:80/a'), served: 0 },
    { what: 'one with a query behind //', stream: plain.replace('/a', 'http://?a'), served: 0 },
    { what: 'a repeated head without a host', stream: bareHostLast(plain), served: 2 },
  ])('serves $served requests of $what', async ({ what, stream, served }) => {
    const played = await gateway.play(Buffer.from(stream), { cuts: [], about: () => what })
    expect(played.served).toBe(served)
  })

  function bareHostLast(request: string): string {
    return request + request + request.replace('/a', 'http:///a')
  }
})
