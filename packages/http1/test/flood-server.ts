// A process of its own, so that its memory is not counted: gives and takes as much as it is asked to.
import { type AddressInfo, createServer } from 'node:net'

const PIECE = Buffer.alloc(65_536, 'x')

const server = createServer((socket) => {
  let text = ''
  let left = 0
  socket.on('error', () => undefined)
  socket.on('data', (chunk) => {
    if (left > 0) return take(chunk.length)
    text += chunk.toString('latin1')
    const end = text.indexOf('\r\n\r\n')
    if (end < 0) return
    const [, method, bytes] = /^(GET|PUT) \/(\d+)/.exec(text) as unknown as [string, string, string]
    const came = text.length - end - 4
    text = ''
    left = Number(bytes)
    if (method === 'PUT') take(came)
    else give()
  })

  function take(bytes: number): void {
    left -= bytes
    if (left === 0) socket.write('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n')
  }

  function give(): void {
    socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${left}\r\n\r\n`)
    const flow = (): void => {
      while (left > 0) {
        const piece = PIECE.subarray(0, Math.min(PIECE.length, left))
        left -= piece.length
        if (!socket.write(piece)) return void socket.once('drain', flow)
      }
    }
    flow()
  }
})
server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port))
