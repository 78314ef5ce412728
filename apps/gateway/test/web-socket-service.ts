import { createHash } from 'node:crypto'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'

export interface WebSocketService {
  readonly port: number
  close(): Promise<void>
}

/** A Service that speaks WebSocket (RFC 6455) and answers each text with another one. */
export async function startWebSocketService(
  answer: (text: string) => string,
): Promise<WebSocketService> {
  const server = http.createServer()
  const sockets = new Set<Duplex>()
  server.on('upgrade', (req, socket: Duplex, head: Buffer) => {
    sockets.add(socket)
    socket.on('error', () => {})
    const accept = createHash('sha1')
      .update(`${req.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
      .digest('base64')
    socket.write(
      'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
        `Sec-WebSocket-Accept: ${accept}\r\n\r\n`,
    )
    talk(socket, head, answer)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy()
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

const TEXT = 1
const CLOSE = 8

function talk(socket: Duplex, head: Buffer, answer: (text: string) => string): void {
  let bytes = head
  const read = (): void => {
    for (let frame = frameIn(bytes); frame !== undefined; frame = frameIn(bytes)) {
      bytes = bytes.subarray(frame.length)
      if (frame.opcode === TEXT) {
        socket.write(frameOf(TEXT, Buffer.from(answer(frame.payload.toString()))))
      }
      if (frame.opcode === CLOSE) socket.end(frameOf(CLOSE, frame.payload))
    }
  }
  socket.on('data', (chunk: Buffer) => {
    bytes = Buffer.concat([bytes, chunk])
    read()
  })
  read()
}

interface Frame {
  readonly opcode: number
  readonly payload: Buffer
  /** With its head. */
  readonly length: number
}

/** RFC 6455, 5.2: frames of clients are masked. Undefined: it is not whole yet. */
function frameIn(bytes: Buffer): Frame | undefined {
  if (bytes.length < 6) return undefined
  const short = bytes.readUInt8(1) & 0x7f
  if (short === 126 && bytes.length < 8) return undefined
  const size = short === 126 ? bytes.readUInt16BE(2) : short
  const maskAt = short === 126 ? 4 : 2
  const length = maskAt + 4 + size
  if (bytes.length < length) return undefined
  const mask = bytes.subarray(maskAt, maskAt + 4)
  const payload = Buffer.from(bytes.subarray(maskAt + 4, length))
  for (let i = 0; i < payload.length; i++) {
    payload[i] = (payload[i] as number) ^ (mask[i % 4] as number)
  }
  return { opcode: bytes.readUInt8(0) & 0x0f, payload, length }
}

function frameOf(opcode: number, payload: Buffer): Buffer {
  const { length } = payload
  const head = length < 126 ? [length] : [126, length >> 8, length & 0xff]
  return Buffer.concat([Buffer.from([0x80 | opcode, ...head]), payload])
}
