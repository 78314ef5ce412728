import { describe, expect, it } from 'vitest'
import { startServer } from './start-server.ts'

/** More than a system takes at once for a client that has not read yet. */
const CHUNK_BYTES = 16 * 1024 * 1024

describe('the memory of a chunk', () => {
  it.each([
    { what: 'as long as its Content-Length', headers: ['Content-Length', String(CHUNK_BYTES)] },
    {
      what: 'longer than its Content-Length',
      headers: ['Content-Length', String(CHUNK_BYTES - 1)],
    },
    { what: 'in chunks', headers: [] },
  ])('is not used as long as write answers false: a body $what', async ({ headers }) => {
    const server = await startServer((exchange) => {
      const chunk = Buffer.alloc(CHUNK_BYTES, 'a')
      exchange.sendHead(200, ['Connection', 'close', ...headers])
      const isUsed = exchange.write(chunk)
      const goOn = (): void => {
        chunk.fill('b')
        exchange.end()
      }
      exchange.listener = { onDrain: goOn }
      if (isUsed) goOn()
    })
    const answer = await server.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
    const body = answer.slice(answer.indexOf('\r\n\r\n') + 4)
    expect(body.indexOf('b')).toBe(-1)
    expect(body.match(/a{1000}/g)?.length).toBe(Math.floor((CHUNK_BYTES - 1) / 1000))
  })
})
