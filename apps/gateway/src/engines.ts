import { createHttp1Client, createUndiciClient, type UpstreamClient } from '@postern/proxy'
import type { GatewayConfig } from './config/gateway-config.ts'
import { createHttp1Listener } from './listener/http1-listener.ts'
import type { Listener, ListenerOptions } from './listener/listener.ts'
import { createNodeListener } from './listener/node-listener.ts'

/** What speaks HTTP with clients and with Services. */
export interface Engine {
  createListener(options: ListenerOptions): Listener
  createClient(): UpstreamClient
}

/** The values of `http_engine`. */
export const ENGINES: Readonly<Record<GatewayConfig['http_engine'], Engine>> = {
  node: { createListener: createNodeListener, createClient: () => createUndiciClient() },
  postern: { createListener: createHttp1Listener, createClient: () => createHttp1Client() },
}
