import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ClientRequest, createClient } from '../src/index.ts'
import { listen, requestTo } from './client-exchange.ts'

const MIB = 1 << 20
const WARM_UP_BYTES = 150 * MIB
const BYTES = 300 * MIB
const MOST_GROWTH_BYTES = 30 * MIB

/**
 * Chunks that a handler may keep are memory of their own, and a busy machine is late to collect it.
 * What is looked for is memory that is held on to, so what is young is collected here after each 8 MB or so.
 */
const CHUNKS_A_COLLECTION = 128
setFlagsFromString('--expose-gc')
const gc = runInNewContext('gc') as (options: { readonly type: 'minor' }) => void

const client = createClient()
let server: ChildProcess
let port = 0
beforeAll(async () => {
  server = fork(new URL('./flood-server.ts', import.meta.url))
  ;[port] = (await once(server, 'message')) as [number]
})
afterAll(async () => {
  await client.close()
  server.kill()
})

describe('createClient(): memory', () => {
  it.each([
    { what: 'takes every chunk', rests: 0, borrowsData: false },
    { what: 'borrows every chunk', rests: 0, borrowsData: true },
    { what: 'rests after each tenth chunk', rests: 10, borrowsData: false },
  ])('stays flat while 300 MB come and the handler $what', async ({ rests, borrowsData }) => {
    const growth = await growthOf((bytes) => download(bytes, { rests, borrowsData }))
    expect(growth).toBeLessThan(MOST_GROWTH_BYTES)
  })

  it.each([
    { what: 'chunks', headers: [] },
    { what: 'a length', headers: ['Content-Length'] },
  ])('stays flat while 300 MB go in pieces with $what', async ({ headers }) => {
    const growth = await growthOf((bytes) => upload(bytes, headers.length > 0))
    expect(growth).toBeLessThan(MOST_GROWTH_BYTES)
  })
})

/** How much more memory a transfer takes than one of half its size, at its peak. */
async function growthOf(transfer: (bytes: number) => Promise<void>): Promise<number> {
  const before = await peakOf(() => transfer(WARM_UP_BYTES))
  return (await peakOf(() => transfer(BYTES))) - before
}

async function peakOf(work: () => Promise<void>): Promise<number> {
  let peak = 0
  const watch = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage.rss())
  }, 5)
  await work()
  clearInterval(watch)
  return peak
}

async function download(
  bytes: number,
  { rests, borrowsData }: { rests: number; borrowsData: boolean },
): Promise<void> {
  let count = 0
  let came = 0
  const { handler, heard } = listen({
    borrowsData,
    onData: (chunk) => {
      came += chunk.length
      count++
      if (!borrowsData && count % CHUNKS_A_COLLECTION === 0) gc({ type: 'minor' })
      if (rests === 0 || count % rests !== 0) return true
      setImmediate(() => running.resume())
      return false
    },
  })
  const running = client.send(requestTo(port, { path: `/${bytes}` }), handler)
  expect((await heard).failure).toBeUndefined()
  expect(came).toBe(bytes)
}

async function upload(bytes: number, hasLength: boolean): Promise<void> {
  const piece = Buffer.alloc(65_536, 'x')
  let left = bytes
  async function* source(): AsyncGenerator<Uint8Array> {
    for (; left > 0; left -= piece.length) yield piece
  }
  // The server counts bytes as they come: with chunks those of their framing as well.
  const framing = hasLength
    ? 0
    : (bytes / piece.length) * '10000\r\n\r\n'.length + '0\r\n\r\n'.length
  const about: Partial<ClientRequest> = {
    method: 'PUT',
    path: `/${bytes + framing}`,
    headers: ['Host', 'a.test', ...(hasLength ? ['Content-Length', String(bytes)] : [])],
    body: source(),
  }
  const { handler, heard } = listen()
  client.send(requestTo(port, about), handler)
  expect(await heard).toMatchObject({ status: 200, failure: undefined })
}
