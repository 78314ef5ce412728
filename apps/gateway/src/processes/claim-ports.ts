import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import type { GatewayConfig } from '../config/gateway-config.ts'
import type { ListenEntry } from '../config/parse-listen.ts'
import { gatewayErrors } from '../errors.ts'
import { listenError } from '../listen-error.ts'

const KEYS = ['proxy_listen', 'admin_listen', 'status_listen'] as const

/**
 * Makes sure that every address is free before anything is started, and gives a number to each
 * port 0.
 *
 * Workers share their addresses, and the system would let a second gateway share them as well:
 * half of the requests would then go to the wrong one. An exclusive listener finds that out.
 *
 * @throws POSTERN_GATEWAY_ADDRESS_IN_USE, POSTERN_GATEWAY_ADDRESS_TWICE
 */
export async function claimPorts(config: GatewayConfig): Promise<GatewayConfig> {
  const taken = new Set<string>()
  const claimed: Partial<Record<(typeof KEYS)[number], readonly ListenEntry[]>> = {}
  for (const key of KEYS) {
    const entries: ListenEntry[] = []
    for (const entry of config[key]) {
      const { host } = entry
      let port = await claim(key, entry)
      // The system may choose the port again that it has chosen before, as that is free again.
      while (entry.port === 0 && taken.has(`${host} ${port}`)) port = await claim(key, entry)
      const address = `${host} ${port}`
      if (taken.has(address)) throw gatewayErrors.ADDRESS_TWICE(key, host, port)
      taken.add(address)
      entries.push({ ...entry, port })
    }
    claimed[key] = Object.freeze(entries)
  }
  return Object.freeze({ ...config, ...claimed })
}

function claim(key: string, { host, port }: ListenEntry): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(listenError(key, host, port, error))
    })
    server.listen({ host, port, exclusive: true }, () => {
      const bound = (server.address() as AddressInfo).port
      server.close(() => resolve(bound))
    })
  })
}
