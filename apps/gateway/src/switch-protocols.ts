import type { Duplex } from 'node:stream'
import { endRequest } from './end-request.ts'
import type { RequestContext } from './request-context.ts'

/** Answers 101 and joins the client's connection to the Service's, until one of them ends. */
export function switchProtocols(ctx: RequestContext, service: Duplex): void {
  const client = ctx.exchange.upgrade(ctx.response.headers.toRaw())
  ctx.response.headSent = true
  const end = (): void => {
    client.destroy()
    service.destroy()
    endRequest(ctx, true)
  }
  for (const socket of [client, service]) {
    socket.on('error', end)
    socket.on('close', end)
  }
  client.pipe(service)
  service.pipe(client)
}
