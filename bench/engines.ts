import path from 'node:path'
import type { Load } from './loads.ts'
import { proxyConfiguration, startNginx } from './nginx.ts'
import { startPostern } from './postern.ts'
import { PROXY_CORE } from './run-wrk.ts'
import type { Services } from './services.ts'
import type { StartedProcess } from './start-process.ts'

/** A gateway that can be measured: its name in the table, and how it is started for a load. */
export interface Engine {
  readonly name: string
  start(setting: Setting): Promise<StartedProcess & { readonly port: number }>
}

/** What an engine is started for. */
export interface Setting {
  readonly load: Load
  readonly services: Services
  /** Files of a certificate, where the load speaks TLS. */
  readonly tls: { readonly cert: string; readonly key: string } | undefined
}

/** What the others are compared with. */
export const BASELINE = 'nginx'

const ROOT = path.resolve(import.meta.dirname, '..')

/** Each way to start a gateway, by its name; add another one here. */
const STARTERS: Readonly<Record<string, (root: string) => Engine['start']>> = {
  [BASELINE]:
    () =>
    ({ load, services, tls }) =>
      startNginx(PROXY_CORE, (port, folder) =>
        proxyConfiguration(port, folder, {
          servicePort: load.service === 'upload' ? services.uploadPort : services.port,
          isLogged: load.isLogged === true,
          tls,
        }),
      ),
  node: (root) => posternWith(root, 'node'),
  postern: (root) => posternWith(root, 'postern'),
}

/** What is measured unless `--engines` says otherwise. */
export const DEFAULT_ENGINES: readonly string[] = Object.keys(STARTERS)

/**
 * The engine of a name. `NAME@FOLDER` is the same from another checkout, so that a change can be
 * compared with what was before it.
 */
export function engineOf(spec: string): Engine {
  const [name = '', folder] = spec.split('@', 2)
  const starter = STARTERS[name]
  if (starter === undefined) {
    throw new Error(`no engine ${JSON.stringify(name)}; known: ${DEFAULT_ENGINES.join(', ')}`)
  }
  const root = folder === undefined ? ROOT : path.resolve(folder)
  return { name: spec, start: starter(root) }
}

function posternWith(root: string, engine: 'node' | 'postern'): Engine['start'] {
  return ({ load, services, tls }) =>
    startPostern({
      core: PROXY_CORE,
      root,
      settings: {
        http_engine: engine,
        proxy_access_log: load.isLogged === true ? 'logs/access.log' : 'off',
      },
      entities: load.entities(services),
      tls,
    })
}
