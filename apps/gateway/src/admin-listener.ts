import type { Server } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { createAdaptorServer } from '@hono/node-server'
import type { LineWriter } from './access-log/line-writer.ts'
import { logRequests } from './access-log/log-requests.ts'
import type { ListenEntry } from './config/parse-listen.ts'
import { listenError } from './listen-error.ts'
import type { CertificatePair } from './tls/default-certificate.ts'

/** Anything that answers requests of the web's own kind, as the Admin API does. */
export interface FetchHandler {
  fetch(request: Request): Response | Promise<Response>
}

export interface AdminListener {
  /** `host:port` of each address that is served. */
  readonly addresses: readonly string[]
  /** Opens the access log anew, so that a file which has been moved away is let go of. */
  reopenLog(): void
  close(): Promise<void>
}

/** What is served on the addresses of a key. */
export interface AdminService {
  readonly handler: FetchHandler
  /** For addresses with `ssl`; called once there is one. */
  readonly certificate: () => CertificatePair
  /** Opens the access log; called where there is an address. Undefined: nothing is logged. */
  readonly openLog: () => LineWriter | undefined
}

/**
 * Serves a fetch handler on every address of a key. Nothing is served when one of them is taken.
 *
 * @throws POSTERN_GATEWAY_ADDRESS_IN_USE, POSTERN_GATEWAY_ADDRESS_REFUSED,
 *   POSTERN_GATEWAY_CERTIFICATE_UNUSABLE, and those of `openLog`
 */
export async function listenAdmin(
  key: 'admin_listen' | 'status_listen',
  entries: readonly ListenEntry[],
  { handler, certificate, openLog }: AdminService,
): Promise<AdminListener> {
  const servers: Server[] = []
  const addresses: string[] = []
  const log = entries.length > 0 ? openLog() : undefined
  const close = async (): Promise<void> => {
    await closeAll(servers)
    await log?.close()
  }
  try {
    for (const { host, port, ssl } of entries) {
      const server = createAdaptorServer({
        fetch: (request) => handler.fetch(request),
        ...(ssl && {
          createServer: createHttpsServer,
          serverOptions: { ...certificate(), minVersion: 'TLSv1.2' },
        }),
      }) as Server
      if (log !== undefined) logRequests(server, log)
      servers.push(server)
      addresses.push(await listen(server, key, { host, port }))
    }
  } catch (error) {
    await close()
    throw error
  }
  return { addresses, reopenLog: () => log?.reopen(), close }
}

function listen(
  server: Server,
  key: string,
  { host, port }: Pick<ListenEntry, 'host' | 'port'>,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const refused = (error: NodeJS.ErrnoException): void => {
      reject(listenError(key, host, port, error))
    }
    server.once('error', refused)
    server.listen(port, host, () => {
      server.off('error', refused)
      resolve(formatAddress(host, (server.address() as AddressInfo).port))
    })
  })
}

async function closeAll(servers: readonly Server[]): Promise<void> {
  await Promise.all(
    servers.map((server) => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      server.closeAllConnections()
      return closed
    }),
  )
}

/** `127.0.0.1:8001`, `[::1]:8001`. */
export function formatAddress(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
}
