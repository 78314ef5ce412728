import net from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type DataPlane, startDataPlane } from './data-plane.ts'
import { REQUEST_TRAILERS_OPEN, RESPONSE_TRAILERS_OPEN } from './engine-open.ts'

const CHUNKED = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n'

/** What the Service is to answer, and the requests that it has read. */
interface RawService {
  answer: string
  readonly requests: string[]
  readonly port: number
  close(): void
}

/** Answers the same bytes to each request in chunks, when that has come to its end. */
async function startRawService(): Promise<RawService> {
  const requests: string[] = []
  const server = net.createServer((socket) => {
    let text = ''
    socket.on('error', () => {})
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1')
      const isChunked = /\r\ntransfer-encoding: chunked/i.test(text)
      if (!(isChunked ? /\r\n0\r\n(?:[^]*\r\n)?\r\n$/ : /\r\n\r\n/).test(text)) return
      requests.push(text)
      text = ''
      socket.write(service.answer, 'latin1')
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as net.AddressInfo
  const service = { answer: '', requests, port, close: () => void server.close() }
  return service
}

/** What is answered to the bytes of a request, to the end of the connection. */
function exchange(port: number, request: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = net.connect(port, '127.0.0.1', () => socket.write(request, 'latin1'))
    let text = ''
    socket.setEncoding('latin1')
    socket.on('data', (chunk) => {
      text += String(chunk)
    })
    socket.on('error', reject)
    socket.on('close', () => resolve(text))
  })
}

/** The lines behind the last chunk. */
const trailersOf = (message: string) => message.split('\r\n0\r\n')[1]?.split('\r\n').slice(0, -2)

const GET = 'GET /up HTTP/1.1\r\nHost: a\r\nTE: trailers\r\nConnection: close, TE\r\n\r\n'
const post = (trailers: string, path = '/up') =>
  `POST ${path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n` +
  `5\r\nhello\r\n0\r\n${trailers}\r\n`

/** Fields that would frame a message, or end a connection, in its head. */
const FRAMING = ['Content-Length: 5', 'Transfer-Encoding: chunked', 'Connection: close']
/** Fields that say where a message goes, who sends it, or what it is. */
const MEANING = [
  ...['Host: evil.test', 'Trailer: X-A', 'TE: gzip', 'Upgrade: websocket', 'Via: 1.1 a'],
  ...['Authorization: Basic eA==', 'Cookie: a=b', 'Content-Type: text/html'],
  ...['X-Forwarded-For: 10.0.0.1', 'X-Real-IP: 10.0.0.1', 'X-Consumer-ID: 1', 'X_Consumer_ID: 1'],
  ...['X-Kong-Request-Id: 1', 'Set-Cookie: a=b', 'Location: /evil', 'Cache-Control: public'],
]

const FORBIDDEN = [...FRAMING, ...MEANING]

/** Lines that are lost with an engine, and those that are known not to be, and why. */
const splitBy = (open: Readonly<Record<string, string>> = {}) => ({
  lost: FORBIDDEN.filter((line) => !Object.hasOwn(open, line)),
  open: Object.entries(open),
})

describe.each(['postern', 'node'])('trailers, with the engine %s', (engine) => {
  let gateway: DataPlane
  let service: RawService

  beforeAll(async () => {
    service = await startRawService()
    gateway = await startDataPlane({ http_engine: engine })
    const { id } = await gateway.add('services', { host: '127.0.0.1', port: service.port })
    const add = async (path: string, config?: Record<string, string[]>) => {
      const route = await gateway.add('routes', { paths: [path], service: { id } })
      if (config === undefined) return
      await gateway.add('plugins', { name: 'pre-function', route: { id: route.id }, config })
    }
    await add('/up')
    await add('/read', { access: ['kong.request.get_raw_body()'] })
    await add('/filtered', { body_filter: ['ngx.arg[1] = ngx.arg[1]'] })
  })
  afterAll(async () => {
    await gateway.close()
    service.close()
  })

  describe('of a Service', () => {
    const answers = async (trailers: string, request = GET) => {
      service.answer = `${CHUNKED}5\r\nhello\r\n0\r\n${trailers}\r\n`
      return exchange(gateway.port, request)
    }

    it('reach a client that takes them, in order, with every line', async () => {
      const text = await answers('X-Sum: 42\r\nX-A: 1\r\nX-A: 2\r\nServer-Timing: b;dur=1\r\n')
      expect(text).toMatch(/^HTTP\/1\.1 200 /)
      expect(trailersOf(text)).toEqual(['X-Sum: 42', 'X-A: 1', 'X-A: 2', 'Server-Timing: b;dur=1'])
    })

    it('pass a body_filter', async () => {
      const text = await answers('X-Sum: 42\r\n', GET.replace('/up', '/filtered'))
      expect(trailersOf(text)).toEqual(['X-Sum: 42'])
    })

    it.each([
      ['says nothing', GET.replace('TE: trailers\r\n', '')],
      ['wants a coding', GET.replace('trailers', 'gzip')],
      ['speaks HTTP/1.0', GET.replace('HTTP/1.1', 'HTTP/1.0')],
    ])('do not reach a client that %s', async (_what, request) => {
      const text = await answers('X-Sum: 42\r\n', request)
      expect(text).toMatch(/hello/)
      expect(text).not.toContain('X-Sum')
    })

    const { lost, open } = splitBy(RESPONSE_TRAILERS_OPEN[engine])

    it.each(lost)('lose %s, and the next answer is whole', async (line) => {
      const text = await answers(`${line}\r\nX-A: 1\r\n`)
      expect(trailersOf(text)).toEqual(['X-A: 1'])
      expect(trailersOf(await answers('X-B: 2\r\n'))).toEqual(['X-B: 2'])
    })

    it.each(open)('do not lose %s: %s', async (line) => {
      expect(trailersOf(await answers(`${line}\r\nX-A: 1\r\n`))).not.toEqual(['X-A: 1'])
    })

    it.each([
      // undici counts them as a head.
      ['too large', `X-A: ${'a'.repeat(engine === 'postern' ? 8200 : 33_000)}\r\n`],
      ['no fields', 'X-A\r\n'],
      ['a name with a space', 'X-A : b\r\n'],
    ])('cut the answer where they are %s', async (_what, trailers) => {
      const text = await answers(trailers)
      expect(text).not.toContain('\r\n0\r\n')
      expect(text).not.toContain('X-A')
    })
  })

  describe('of a client', () => {
    const sends = async (trailers: string, path?: string) => {
      service.requests.length = 0
      service.answer = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'
      const text = await exchange(gateway.port, post(trailers, path))
      return { text, received: service.requests[0] ?? '' }
    }
    const passes = engine === 'postern'

    it(passes ? 'reach the Service' : 'do not reach the Service', async () => {
      const { text, received } = await sends('X-Sum: 42\r\nX-A: 1\r\nX-A: 2\r\n')
      expect(text).toMatch(/^HTTP\/1\.1 200 [^]*ok$/)
      expect(received).toContain('5\r\nhello\r\n')
      const all = ['X-Sum: 42', 'X-A: 1', 'X-A: 2']
      expect(trailersOf(received)).toEqual(passes ? all : [])
    })

    it('are gone where a plugin has read the body', async () => {
      const { received } = await sends('X-Sum: 42\r\n', '/read')
      expect(received).toMatch(/content-length: 5\r\n/i)
      expect(received).not.toContain('X-Sum')
    })

    const { lost, open } = splitBy(REQUEST_TRAILERS_OPEN[engine])

    it.each(open)('do not lose %s: %s', async (line) => {
      const { text } = await sends(`${line}\r\nX-A: 1\r\n`)
      expect(text).not.toMatch(/^HTTP\/1\.1 200 /)
    })

    it.each(lost)('lose %s', async (line) => {
      const { received } = await sends(`${line}\r\nX-A: 1\r\n`)
      expect(trailersOf(received)).toEqual(passes ? ['X-A: 1'] : [])
    })

    const lines = (count: number) => 'X-A: 1\r\n'.repeat(count)
    const bytes = (count: number) => `X-A: ${'a'.repeat(count - 'X-A: \r\n'.length)}\r\n`

    it.each([
      { what: '100 lines', trailers: lines(100), status: 200 },
      { what: '101 lines', trailers: lines(101), status: 431 },
      { what: '8,000 bytes', trailers: bytes(8000), status: 200 },
      { what: '8,200 bytes', trailers: bytes(8200), status: 431 },
      { what: 'a line that is no field', trailers: 'X-A\r\n', status: 400 },
    ])('are answered $status for $what', async ({ trailers, status }) => {
      const { text, received } = await sends(trailers)
      expect(text).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `))
      if (status === 200) expect(received).not.toBe('')
      else expect(received).toBe('')
    })
  })
})
