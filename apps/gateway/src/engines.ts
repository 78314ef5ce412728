import {
  createHttp1Client,
  createUndiciClient,
  type Http1ClientOptions,
  type UpstreamClient,
} from '@postern/proxy'
import type { GatewayConfig } from './config/gateway-config.ts'
import { createHttp1Listener } from './listener/http1-listener.ts'
import type { Listener, ListenerOptions } from './listener/listener.ts'
import { createNodeListener } from './listener/node-listener.ts'

/** What speaks HTTP with clients and with Services. */
export interface Engine {
  createListener(options: ListenerOptions): Listener
  createClient(config: GatewayConfig): UpstreamClient
}

/** The values of `http_engine`. */
export const ENGINES: Readonly<Record<GatewayConfig['http_engine'], Engine>> = {
  node: {
    createListener: createNodeListener,
    createClient: (config) => createUndiciClient(keptConnections(config)),
  },
  postern: {
    createListener: createHttp1Listener,
    createClient: (config) => createHttp1Client(keptConnections(config)),
  },
}

/** How connections to Services are kept. 0 is no limit of requests and time; of connections it keeps none. */
function keptConnections(
  config: GatewayConfig,
): Pick<Http1ClientOptions, 'maxIdle' | 'maxRequests' | 'keepAliveMs'> {
  return {
    maxIdle: config.upstream_keepalive_pool_size,
    maxRequests: config.upstream_keepalive_max_requests || Number.POSITIVE_INFINITY,
    keepAliveMs: config.upstream_keepalive_idle_timeout * 1000 || Number.POSITIVE_INFINITY,
  }
}
