import { once } from 'node:events'
import net, { type AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type DataPlane, startDataPlane } from './data-plane.ts'
import { type RecordingUpstream, startRecordingUpstream } from './recording-upstream.ts'
import { sendBytes } from './send-bytes.ts'

/** A Service that speaks HTTP/1.0, and has come by another proxy. */
const oldService = net.createServer((socket) => {
  socket.on('error', () => {})
  socket.once('data', () => {
    socket.end('HTTP/1.0 200 OK\r\nVia: 1.0 old\r\nContent-Length: 2\r\n\r\nok')
  })
})

describe.each(['postern', 'node'])('Via, with the engine %s', (engine) => {
  let gateway: DataPlane
  let service: RecordingUpstream
  /** This hop as the gateway names it behind the version. */
  let own: string

  beforeAll(async () => {
    service = await startRecordingUpstream((_received, res) => {
      res.writeHead(200, { 'content-length': '2' }).end('ok')
    })
    if (!oldService.listening) {
      oldService.listen(0, '127.0.0.1')
      await once(oldService, 'listening')
    }
    gateway = await startDataPlane({ http_engine: engine })
    const { id } = await gateway.add('services', { url: service.url })
    await gateway.add('routes', { paths: ['/up'], service: { id } })
    const { port } = oldService.address() as AddressInfo
    const old = await gateway.add('services', { url: `http://127.0.0.1:${port}` })
    await gateway.add('routes', { paths: ['/old'], service: { id: old.id } })
    const { headers } = await sendBytes(gateway.url, 'GET /none HTTP/1.1\r\nHost: a\r\n\r\n')
    own = headers.get('server') as string
  })
  afterAll(async () => {
    await gateway?.close()
    await service?.close()
    oldService.close()
  })

  /** What the Service gets of requests on one connection. */
  async function received(...requests: readonly string[]): Promise<unknown[]> {
    service.received.length = 0
    const client = net.connect(gateway.port, '127.0.0.1')
    client.resume().write(requests.join(''))
    await expect.poll(() => service.received.length).toBe(requests.length)
    client.destroy()
    return service.received.map(({ headers }) => headers.via)
  }

  it.each([
    { line: 'GET /up HTTP/1.1', said: [], before: '', version: '1.1' },
    { line: 'GET /up HTTP/1.0', said: [], before: '', version: '1.0' },
    { line: 'GET http://a/up HTTP/1.0', said: [], before: '', version: '1.0' },
    { line: 'GET /up HTTP/1.1', said: ['1.0 old'], before: '1.0 old, ', version: '1.1' },
    { line: 'GET /up HTTP/1.0', said: ['1.1 a', '2 b'], before: '1.1 a, 2 b, ', version: '1.0' },
  ])('of a request names the version of the client: $line, $said', async (row) => {
    const { line, said, before, version } = row
    const lines = [line, 'Host: a', ...said.map((value) => `Via: ${value}`)]
    expect(await received(`${lines.join('\r\n')}\r\n\r\n`)).toEqual([`${before}${version} ${own}`])
  })

  it('of a request names its own version where a connection carries both', async () => {
    const rest = '\r\nHost: a\r\nConnection: keep-alive\r\n\r\n'
    const versions = ['1.1', '1.0', '1.0', '1.1', '1.1']
    const requests = versions.map((version) => `GET /up HTTP/${version}${rest}`)
    expect(await received(...requests)).toEqual(versions.map((version) => `${version} ${own}`))
  })

  it.each([
    { path: '/up', client: '1.1', before: '' },
    { path: '/up', client: '1.0', before: '' },
    { path: '/old', client: '1.1', before: '1.0 old, ' },
    { path: '/old', client: '1.0', before: '1.0 old, ' },
  ])('of an answer names 1.1: $path to a client of $client', async ({ path, client, before }) => {
    const { headers } = await sendBytes(
      gateway.url,
      `GET ${path} HTTP/${client}\r\nHost: a\r\n\r\n`,
    )
    expect(headers.get('via')).toBe(`${before}1.1 ${own}`)
  })
})
