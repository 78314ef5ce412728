import { type AddressInfo, createServer } from 'node:net'

/** Answers each request with bytes that are ready: what it costs is not what is measured. */
const SMALL = answer(Buffer.from('Hello world\n'))
const LARGE = answer(Buffer.alloc(65_536, 'x'))

const server = createServer({ noDelay: true }, (socket) => {
  let text = ''
  socket.on('error', () => undefined)
  socket.on('data', (chunk) => {
    text += chunk.toString('latin1')
    for (let end = text.indexOf('\r\n\r\n'); end >= 0; end = text.indexOf('\r\n\r\n')) {
      socket.write(text.startsWith('GET /small') ? SMALL : LARGE)
      text = text.slice(end + 4)
    }
  })
})
server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port))

function answer(body: Buffer): Buffer {
  const head = [
    'HTTP/1.1 200 OK',
    'Server: static',
    'Date: Sat, 21 Nov 2026 12:00:00 GMT',
    'Content-Type: text/plain',
    `Content-Length: ${body.length}`,
    'Cache-Control: no-cache',
    'ETag: "abc"',
    'X-One: 1',
    'Vary: Accept',
  ]
  return Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`), body])
}
