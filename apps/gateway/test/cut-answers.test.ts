import { once } from 'node:events'
import http from 'node:http'
import net, { type AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type DataPlane, startDataPlane } from './data-plane.ts'

const REQUESTS = 32
const BODY = 'b'.repeat(20_000)

/** Answers whole, and cuts what is asked for so, in the middle. */
const service = http.createServer(({ url = '' }, res) => {
  const isCut = url.startsWith('/cut')
  res.writeHead(200, url.endsWith('length') ? { 'content-length': BODY.length } : {})
  if (isCut) res.write('begun', () => res.destroy())
  else res.end(BODY)
})

let gateway: DataPlane

beforeAll(async () => {
  service.listen(0, '127.0.0.1')
  await once(service, 'listening')
  gateway = await startDataPlane()
  const { port } = service.address() as AddressInfo
  const { id } = await gateway.add('services', { url: `http://127.0.0.1:${port}`, retries: 0 })
  await gateway.add('routes', { paths: ['/'], service: { id } })
})
afterAll(async () => {
  await gateway?.close()
  service.closeAllConnections()
  service.close()
})

/** So long that the gateway has read only some of those behind the one that it answers. */
function request(target: string): string {
  return `GET ${target} HTTP/1.1\r\nHost: a\r\nX-Pad: ${'p'.repeat(8000)}\r\n\r\n`
}

/** What comes of requests that are sent ahead, to a client that reads a piece in each turn. */
async function sendAhead(targets: readonly string[]): Promise<string> {
  const socket = net.connect(gateway.port, '127.0.0.1')
  let received = ''
  socket.setEncoding('latin1').on('data', (text: string) => {
    received += text
    socket.pause()
    setImmediate(() => socket.resume())
  })
  socket.write(targets.map(request).join(''))
  await once(socket, 'end')
  return received
}

describe('an answer that the Service cuts behind others', () => {
  const rows = ['length', 'chunks'].flatMap((framing) =>
    [1, 2, 16, REQUESTS].map((at) => ({ framing, at })),
  )

  it.each(rows)('leaves those before it whole: with $framing, answer $at of 32', async (row) => {
    const { framing, at } = row
    const targets = Array.from({ length: REQUESTS }, (_, i) =>
      i + 1 === at ? `/cut/${framing}` : '/length',
    )
    const received = await sendAhead(targets)
    const answers = received.split(/(?=HTTP\/1\.1 200 )/)
    expect(answers.slice(0, at - 1).map((answer) => answer.endsWith(`\r\n\r\n${BODY}`))).toEqual(
      Array.from({ length: at - 1 }, () => true),
    )
    expect(answers).toHaveLength(at)
    expect(answers[at - 1]).toMatch(
      framing === 'length' ? /\r\n\r\nbegun$/ : /\r\n\r\n5\r\nbegun\r\n$/,
    )
  })
})
