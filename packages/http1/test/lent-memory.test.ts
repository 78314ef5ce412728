import { describe, expect, it } from 'vitest'
import { turn } from './client-exchange.ts'
import { startServer } from './start-server.ts'

const MIB = 1024 * 1024
/** More than the system takes for a client that reads nothing. */
const LARGE = 16 * MIB

describe('the memory of a chunk', () => {
  it.each([
    { what: 'within its Content-Length', length: LARGE, sent: LARGE },
    { what: 'in chunks', length: undefined, sent: LARGE },
    { what: 'that goes beyond its Content-Length', length: LARGE, sent: LARGE + MIB },
  ])('is not free while the client has not read it: a piece $what', async ({ length, sent }) => {
    const chunk = Buffer.alloc(sent, 'a')
    const told = Promise.withResolvers<boolean>()
    const { connect } = await startServer((exchange) => {
      exchange.sendHead(200, length === undefined ? [] : ['Content-Length', String(length)])
      const isFree = exchange.write(chunk)
      // What somebody else would do with memory that is theirs.
      if (isFree) chunk.fill('b')
      exchange.end()
      told.resolve(isFree)
    })
    const client = await connect()
    client.socket.pause()
    client.write('GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')
    expect(await told.promise).toBe(false)
    client.socket.resume()
    const text = await client.untilClosed()
    const body = text.slice(text.indexOf('\r\n\r\n') + 4)
    expect(body.replaceAll(/[^ab]/g, '')).toHaveLength(Math.min(sent, length ?? sent))
    expect(body.includes('b')).toBe(false)
  })

  it.each([8192, 16_385, 40_000, 65_536, 73_728])(
    'is free where the client has taken it, and only there: pieces of %i bytes',
    async (bytes) => {
      let pieces = 0
      const { connect } = await startServer((exchange) => {
        exchange.sendHead(200, [])
        for (let goesOn = true; goesOn; pieces++) {
          const piece = Buffer.alloc(bytes, 'a')
          goesOn = exchange.write(piece)
          if (goesOn) piece.fill('b')
        }
        exchange.end()
      })
      const client = await connect()
      client.socket.pause()
      client.write('GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')
      while (pieces === 0) await turn()
      client.socket.resume()
      const text = await client.untilClosed()
      const body = text.slice(text.indexOf('\r\n\r\n') + 4)
      const size = `${bytes.toString(16)}\r\n`
      expect(body).toHaveLength(pieces * (size.length + bytes + 2) + '0\r\n\r\n'.length)
      expect(body.replaceAll(size, '').includes('b')).toBe(false)
    },
  )

  it('is free at once where nothing of it is sent', async () => {
    const told: boolean[] = []
    const { send } = await startServer((exchange) => {
      exchange.sendHead(200, ['Content-Length', '4'])
      told.push(exchange.write('body'), exchange.write('more'))
      exchange.end()
      told.push(exchange.write('and more'))
    })
    await send('HEAD / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')
    await send('GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')
    expect(told).toEqual(Array(6).fill(true))
  })
})
