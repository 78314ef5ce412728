import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import type { GatewayConfig } from '../config/gateway-config.ts'
import type { ListenEntry } from '../config/parse-listen.ts'
import { listenError } from '../listen-error.ts'

/**
 * Makes sure that every address of `proxy_listen` is free, and gives a number to each port 0.
 *
 * Workers share their addresses, and the system would let a second gateway share them as well:
 * half of the requests would then go to the wrong one. An exclusive listener finds that out.
 *
 * @throws POSTERN_GATEWAY_ADDRESS_IN_USE
 */
export async function claimPorts(config: GatewayConfig): Promise<GatewayConfig> {
  const claimed: ListenEntry[] = []
  for (const entry of config.proxy_listen) {
    claimed.push({ ...entry, port: await claim(entry) })
  }
  return Object.freeze({ ...config, proxy_listen: Object.freeze(claimed) })
}

function claim({ host, port }: ListenEntry): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(listenError('proxy_listen', host, port, error))
    })
    server.listen({ host, port, exclusive: true }, () => {
      const bound = (server.address() as AddressInfo).port
      server.close(() => resolve(bound))
    })
  })
}
