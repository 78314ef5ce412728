import { type IncomingMessage, request } from 'node:http'
import fc from 'fast-check'
import { afterAll, expect, it } from 'vitest'
import { createClient } from '../src/index.ts'
import { exchange, requestTo } from './client-exchange.ts'
import { onRequest, type RawServer, rawServer } from './raw-server.ts'

const client = createClient()
afterAll(() => client.close())

/** A response as a well-behaved server may write it. */
interface Response {
  readonly status: number
  readonly reason: string
  readonly fields: readonly (readonly [string, string])[]
  readonly chunks: readonly string[]
  readonly framing: 'length' | 'chunked' | 'close'
  readonly trailers: readonly (readonly [string, string])[]
  readonly early: boolean
}

const field = fc.tuple(
  fc.stringMatching(/^X-[A-Za-z0-9!#$%&'*+.^_`|~-]{1,12}$/),
  fc.stringMatching(/^([!-~\xa0-\xff]([ \t!-~\xa0-\xff]{0,20}[!-~\xa0-\xff])?)?$/),
)

const response: fc.Arbitrary<Response> = fc.record({
  status: fc.constantFrom(200, 201, 202, 204, 206, 301, 304, 400, 404, 418, 500, 503, 599),
  reason: fc.stringMatching(/^[ -~]{0,20}$/),
  fields: fc.array(field, { maxLength: 8 }),
  chunks: fc.array(fc.stringMatching(/^[\x01-\xff]{1,200}$/), { maxLength: 6 }),
  framing: fc.constantFrom('length', 'chunked', 'close'),
  trailers: fc.array(field, { maxLength: 3 }),
  early: fc.boolean(),
})

it('reads what a well-behaved server writes as node:http does', async () => {
  let current: { text: string; cuts: readonly number[]; ends: boolean } | undefined
  await using server = await rawServer((socket) => {
    onRequest(socket, () => {
      const { text, cuts, ends } = current as NonNullable<typeof current>
      let from = 0
      for (const cut of [...cuts, text.length]) {
        socket.write(text.slice(from, cut), 'latin1')
        from = cut
      }
      if (ends) socket.end()
    })
  })
  const method = fc.constantFrom('GET', 'HEAD', 'POST')
  const cuts = fc.array(fc.nat(2000), { maxLength: 4 })
  await fc.assert(
    fc.asyncProperty(response, method, cuts, async (said, asked, cut) => {
      const text = written(said, asked)
      const ends = said.framing === 'close'
      current = { text, cuts: cut.filter((at) => at < text.length).sort((a, b) => a - b), ends }
      const ours = await exchange(client, requestTo(server.port, { method: asked }))
      const theirs = await throughNode(server, asked)
      const { status, reason, headers, body, trailers, failure, informational } = ours
      const heard = { status, reason, headers, body, trailers, informational }
      expect({ ...heard, failure }).toEqual({ ...theirs, failure: undefined })
    }),
    { numRuns: 300 },
  )
})

function written(said: Response, method: string): string {
  const { status, reason, fields, chunks, framing, trailers, early } = said
  const lines = (pairs: Response['fields']): string =>
    pairs.map(([name, value]) => `${name}: ${value}\r\n`).join('')
  const hasBody = status !== 204 && status !== 304
  const body = chunks.join('')
  const about = {
    length: hasBody ? `Content-Length: ${body.length}\r\n` : '',
    chunked: hasBody ? 'Transfer-Encoding: chunked\r\n' : '',
    close: 'Connection: close\r\n',
  }[framing]
  const coded = chunks.map((chunk) => `${chunk.length.toString(16)}\r\n${chunk}\r\n`).join('')
  const content = framing === 'chunked' ? `${coded}0\r\n${lines(trailers)}\r\n` : body
  const head = `HTTP/1.1 ${status} ${reason}\r\n${lines(fields)}${about}\r\n`
  const information = early ? 'HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n' : ''
  return `${information}${head}${hasBody && method !== 'HEAD' ? content : ''}`
}

function throughNode(server: RawServer, method: string): Promise<object> {
  return new Promise((resolve, reject) => {
    const informational: number[] = []
    const req = request({ port: server.port, host: '127.0.0.1', method, agent: false })
    req.on('information', ({ statusCode }) => informational.push(statusCode))
    req.on('error', reject)
    req.on('response', (res: IncomingMessage) => {
      let body = ''
      res.setEncoding('latin1')
      res.on('data', (chunk: string) => {
        body += chunk
      })
      res.on('error', reject)
      res.on('end', () => {
        const { statusCode, statusMessage, rawHeaders, rawTrailers } = res
        const about = { status: statusCode, reason: statusMessage, headers: rawHeaders }
        resolve({ ...about, body, trailers: rawTrailers, informational })
      })
    })
    req.end()
  })
}
