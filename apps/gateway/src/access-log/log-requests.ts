import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { TLSSocket } from 'node:tls'
import { HeaderList } from '@postern/pdk-response'
import { type CountedBytes, countedBefore, setCounted } from '../listener/counted-bytes.ts'
import { withoutMapping } from '../listener/peer-address.ts'
import { newRequestId } from '../request-id.ts'
import { accessLine, type LoggedRequest } from './access-line.ts'
import type { LineWriter } from './line-writer.ts'

/** Writes a line for each request of a server of node:http, once it has its answer or has gone. */
export function logRequests(server: Server, log: LineWriter): void {
  server.prependListener('request', (req: IncomingMessage, res: ServerResponse) => {
    const begun = { id: newRequestId(), startedAtMs: Date.now(), before: countedBefore(req.socket) }
    res.once('close', () => log.write(accessLine(factsOf(req, res, begun), Date.now())))
  })
}

interface Begun {
  readonly id: string
  readonly startedAtMs: number
  readonly before: CountedBytes
}

function factsOf(req: IncomingMessage, res: ServerResponse, begun: Begun): LoggedRequest {
  const { socket } = req
  const { before, ...request } = begun
  const counted = { read: socket.bytesRead, written: socket.bytesWritten }
  setCounted(socket, counted)
  return {
    request: {
      ...request,
      clientAddress: withoutMapping(socket.remoteAddress),
      method: req.method ?? '',
      scheme: (socket as TLSSocket).encrypted === true ? 'https' : 'http',
      host: (req.headers.host ?? '').replace(/:\d*$/, '').toLowerCase(),
      rawPath: withoutKeys((req.url ?? '').split('?', 1)[0] ?? ''),
      httpVersion: req.httpVersion === '1.0' ? 1 : 1.1,
      headers: HeaderList.fromRaw(req.rawHeaders),
    },
    response: { status: res.statusCode },
    exchange: {
      bytesRead: counted.read - before.read,
      bytesWritten: counted.written - before.written,
    },
    isDelivered: res.writableFinished,
    ...NOT_PROXIED,
  }
}

const NOT_PROXIED = {
  route: undefined,
  service: undefined,
  consumer: undefined,
  exit: undefined,
  serviceResponse: undefined,
  tries: [],
  proxiedAtMs: 0,
  answeredAtMs: 0,
}

/**
 * A credential can be asked for by its key: `/consumers/ann/key-auth/KEY`. The Admin API reads such a
 * path in any escaped form, and a key may look like an id.
 */
function withoutKeys(path: string): string {
  const read = unescaped(path)
  const told = read.replace(/(\/key-auths?\/+)[^/]+/, '$1***')
  return told === read ? path : told
}

function unescaped(path: string): string {
  try {
    return decodeURI(path)
  } catch {
    return path
  }
}
