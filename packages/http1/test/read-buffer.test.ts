import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { expect, it } from 'vitest'
import { READ_BYTES, ReadBuffer } from '../src/wire/read-buffer.ts'

it('keeps the bytes of one connection apart from what another one reads later', async () => {
  const server = createServer((socket) => {
    socket.on('data', (asked) => socket.write(Buffer.alloc(READ_BYTES, asked)))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo

  const kept: Buffer[] = []
  const connections = await Promise.all(['a', 'b', 'c'].map(() => open(port, kept)))
  for (let round = 0; round < 20; round++) {
    const letter = String.fromCharCode(97 + round)
    await askFor(connections[round % 3] as Reading, letter)
  }

  const mixed = kept.filter((chunk) => chunk.some((byte) => byte !== chunk[0]))
  expect(mixed).toEqual([])
  const bytesOf = (code: number): number =>
    kept.filter((chunk) => chunk[0] === code).reduce((sum, chunk) => sum + chunk.length, 0)
  for (let round = 0; round < 20; round++) expect(bytesOf(97 + round)).toBe(READ_BYTES)
  for (const { socket } of connections) socket.destroy()
  server.close()
})

interface Reading {
  readonly socket: Socket
  bytes: number
  onBytes: () => void
}

async function open(port: number, kept: Buffer[]): Promise<Reading> {
  const buffer = new ReadBuffer()
  const socket = connect({
    port,
    host: '127.0.0.1',
    onread: {
      buffer: (() => buffer.next) as unknown as Uint8Array,
      callback: (bytes, into) => {
        kept.push(buffer.keep((into as Buffer).subarray(0, bytes)))
        reading.bytes += bytes
        reading.onBytes()
        return true
      },
    },
  })
  const reading: Reading = { socket, bytes: 0, onBytes: () => undefined }
  await once(socket, 'connect')
  return reading
}

function askFor(reading: Reading, letter: string): Promise<void> {
  const wanted = reading.bytes + READ_BYTES
  return new Promise((resolve) => {
    reading.onBytes = () => {
      if (reading.bytes === wanted) resolve()
    }
    reading.socket.write(letter)
  })
}
