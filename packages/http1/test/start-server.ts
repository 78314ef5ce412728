import {
  createHttp1Server,
  type Http1Server,
  type Http1ServerOptions,
  type ServerExchange,
} from '@postern/http1'
import { onTestFinished } from 'vitest'
import { certificate } from './fixtures/certificate.ts'
import { connectRaw, connectRawTls, type RawClient } from './raw-client.ts'

export interface TestServer {
  readonly server: Http1Server
  readonly port: number
  /** Exchanges in the order in which they came. */
  readonly exchanges: ServerExchange[]
  /** Opens a connection that is closed at the end of the test. */
  connect(): Promise<RawClient>
  /** Sends bytes on a connection of their own, and resolves with all that comes until the server ends it. */
  send(text: string): Promise<string>
}

/** Starts a server on a port of the system's choice, for the length of one test. */
export async function startServer(
  onRequest: (exchange: ServerExchange) => void,
  { isTls = false, ...options }: Partial<Http1ServerOptions> & { readonly isTls?: boolean } = {},
): Promise<TestServer> {
  const exchanges: ServerExchange[] = []
  const server = createHttp1Server({
    onRequest: (exchange) => {
      exchanges.push(exchange)
      onRequest(exchange)
    },
    ...options,
  })
  const tls = isTls ? { tls: certificate } : {}
  const port = await server.listen({ host: '127.0.0.1', port: 0, ...tls })
  onTestFinished(() => server.close(0))
  const connect = async (): Promise<RawClient> => {
    const client = await (isTls ? connectRawTls(port) : connectRaw(port))
    onTestFinished(() => {
      client.socket.destroy()
    })
    return client
  }
  return {
    server,
    port,
    exchanges,
    connect,
    async send(text) {
      const client = await connect()
      client.write(text)
      return client.untilClosed()
    },
  }
}

/** Answers with method and target as text, whatever the body. */
export function echoTarget(exchange: ServerExchange): void {
  exchange.sendHead(200, [])
  exchange.end(`${exchange.method} ${exchange.target}`)
}

/** Answers with the body that was sent, when it is there. */
export function echoBody(exchange: ServerExchange): void {
  const chunks: Buffer[] = []
  const { body } = exchange
  const answer = (): void => {
    exchange.sendHead(200, [])
    exchange.end(Buffer.concat(chunks))
  }
  if (body === undefined) return answer()
  body.on('data', (chunk: Buffer) => chunks.push(chunk)).on('end', answer)
}
