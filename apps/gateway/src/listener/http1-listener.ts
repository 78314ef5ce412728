import { createHttp1Server } from '@postern/http1'
import type { Listener, ListenerOptions } from './listener.ts'
import { HALF_CLOSED_MS } from './watch-half-closed.ts'

/** The engine `postern`: our own codec reads and writes. Its exchange is an Exchange as it is. */
export function createHttp1Listener({ limits, onExchange, onRefused }: ListenerOptions): Listener {
  const { bodyIdleTimeoutMs, sendIdleTimeoutMs } = limits
  const server = createHttp1Server({
    onRequest: onExchange,
    onRefused,
    // Targets, Hosts and the number of lines are for check-request.ts, which has Exits for them.
    checksTarget: false,
    upgradeProtocols: ['websocket'],
    limits: {
      maxHeadBytes: limits.maxHeadBytes,
      maxTargetBytes: limits.maxHeadBytes,
      maxFields: limits.maxHeadBytes,
      headTimeoutMs: limits.headTimeoutMs,
      bodyIdleMs: bodyIdleTimeoutMs ?? Number.POSITIVE_INFINITY,
      sendIdleMs: sendIdleTimeoutMs ?? Number.POSITIVE_INFINITY,
      keepAliveMs: limits.keepAliveTimeoutMs,
      halfClosedMs: HALF_CLOSED_MS,
      maxRequestsPerConnection: limits.maxRequestsPerConnection,
    },
  })
  return {
    counts: server.counts,
    listen({ tls, ...address }) {
      if (tls === undefined) return server.listen(address)
      return server.listen({
        ...address,
        tls: tls.options,
        onTlsServer: (tlsServer) => tls.attach(tlsServer),
      })
    },
    close: (graceMs) => server.close(graceMs),
  }
}
