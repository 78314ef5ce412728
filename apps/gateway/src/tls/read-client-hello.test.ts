import net from 'node:net'
import tls from 'node:tls'
import { describe, expect, it } from 'vitest'
import { readClientHello } from './read-client-hello.ts'

/** What a TLS client of Node says first. */
async function helloOf(options: tls.ConnectionOptions): Promise<Buffer> {
  const server = net.createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const first = new Promise<Buffer>((resolve) => {
    server.once('connection', (socket) => {
      socket.once('data', (chunk) => {
        resolve(chunk)
        socket.destroy()
      })
    })
  })
  const { port } = server.address() as net.AddressInfo
  tls.connect({ host: '127.0.0.1', port, ...options }).on('error', () => {})
  const hello = await first
  server.close()
  return hello
}

/** The same handshake message in records of a few bytes each. */
function fragmented(hello: Buffer, size: number): Buffer {
  const records: Buffer[] = []
  for (let at = 5; at < hello.length; at += size) {
    const part = hello.subarray(at, at + size)
    records.push(Buffer.of(22, 3, 1, part.length >> 8, part.length & 0xff), part)
  }
  return Buffer.concat(records)
}

describe('readClientHello()', () => {
  it.each([
    { servername: 'api.example.com', serverName: 'api.example.com' },
    { servername: 'API.Example.com', serverName: 'api.example.com' },
    { servername: '', serverName: undefined },
  ])('finds the name "$servername" in both versions', async ({ servername, serverName }) => {
    for (const maxVersion of ['TLSv1.2', 'TLSv1.3'] as const) {
      const hello = await helloOf({ servername, maxVersion })
      expect(readClientHello(hello)).toEqual({ kind: 'whole', serverName })
    }
  })

  it('puts a hello together from many records', async () => {
    const hello = await helloOf({ servername: 'a.test' })
    const most = Math.ceil((hello.length - 5) / 64)
    for (const size of [most, 500]) {
      expect(readClientHello(fragmented(hello, size))).toEqual({
        kind: 'whole',
        serverName: 'a.test',
      })
    }
    expect(readClientHello(fragmented(hello, most - 1))).toEqual({ kind: 'malformed' })
  })

  it('waits for every byte, and needs nothing behind the hello', async () => {
    const hello = await helloOf({ servername: 'a.test' })
    for (let length = 0; length < hello.length; length++) {
      expect(readClientHello(hello.subarray(0, length))).toEqual({ kind: 'incomplete' })
    }
    expect(readClientHello(Buffer.concat([hello, Buffer.of(99)])).kind).toBe('whole')
  })

  it('never throws, and never finds another name in a hello with a changed byte', async () => {
    const hello = await helloOf({ servername: 'a.test' })
    const at = hello.indexOf('a.test')
    for (let i = 0; i < hello.length; i++) {
      if (i >= at && i < at + 6) continue
      const changed = Buffer.from(hello)
      changed[i] = (changed[i] as number) ^ 0x01
      const read = readClientHello(changed)
      if (read.kind === 'whole') expect([undefined, 'a.test']).toContain(read.serverName)
    }
  })

  it.each([
    ['another kind of record', [23, 3, 1, 0, 4, 1, 0, 0, 0]],
    ['another major version', [22, 2, 1, 0, 4, 1, 0, 0, 0]],
    ['an empty record', [22, 3, 1, 0, 0]],
    ['a record of more than 16 KiB', [22, 3, 1, 0x40, 1]],
    ['another message', [22, 3, 1, 0, 4, 2, 0, 0, 0]],
    ['a hello of more than 16 KiB', [22, 3, 1, 0, 4, 1, 0, 0x3f, 0xfd]],
    ['a hello without its fields', [22, 3, 1, 0, 4, 1, 0, 0, 0]],
    ['SSL 2', [0x80, 0x2e, 1, 3, 1]],
    ['HTTP', [...Buffer.from('GET / HTTP/1.1')]],
  ])('refuses %s', (_what, bytes) => {
    expect(readClientHello(Uint8Array.from(bytes))).toEqual({ kind: 'malformed' })
  })

  it.each([
    ['a record of 16 KiB', [22, 3, 1, 0x40, 0]],
    ['a hello of 16 KiB', [22, 3, 1, 0, 4, 1, 0, 0x3f, 0xfc]],
    ['a length in records of one byte', [22, 3, 1, 0, 1, 1, 22, 3, 1, 0, 1, 0]],
    ['nothing', []],
  ])('waits for the rest of %s', (_what, bytes) => {
    expect(readClientHello(Uint8Array.from(bytes))).toEqual({ kind: 'incomplete' })
  })
})
