import path from 'node:path'
import { startExpressGateway } from './express-gateway.ts'
import { startHaproxy } from './haproxy.ts'
import { inPath } from './in-path.ts'
import type { Load } from './loads.ts'
import { proxyConfiguration, type ProxyOptions, startNginx } from './nginx.ts'
import { startPostern } from './postern.ts'
import { PROXY_CORE } from './run-wrk.ts'
import type { Services } from './services.ts'
import type { StartedProcess } from './start-process.ts'

/** A gateway that can be measured: its name in the table, and how it is started for a load. */
export interface Engine {
  readonly name: string
  /** Knows neither Routes nor plugins: is asked `Load.bare`, and only in rows that have something like it. */
  readonly isBare: boolean
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

/** A way to start a gateway. */
interface Starter {
  /** The program that has to be in the path; absent for what this repository brings. */
  readonly program?: string
  /** Starts it from a checkout, where it is one of ours. */
  readonly from: (root: string) => Engine['start']
}

/** Each of them by its name; add another one here. */
const STARTERS: Readonly<Record<string, Starter>> = {
  [BASELINE]: {
    program: 'nginx',
    from: () => (setting) =>
      startNginx(PROXY_CORE, (port, folder) => {
        return proxyConfiguration(port, folder, proxyOptions(setting))
      }),
  },
  'express-gateway': {
    program: 'eg',
    from: () => (setting) =>
      startExpressGateway(PROXY_CORE, inPath('eg') as string, proxyOptions(setting)),
  },
  haproxy: {
    program: 'haproxy',
    from: () => (setting) => startHaproxy(PROXY_CORE, proxyOptions(setting)),
  },
  node: { from: (root) => posternWith(root, 'node') },
  postern: { from: (root) => posternWith(root, 'postern') },
}

/** What is measured unless `--engines` says otherwise: all that are installed. */
export const DEFAULT_ENGINES: readonly string[] = Object.keys(STARTERS).filter((name) => {
  const program = STARTERS[name]?.program
  return program === undefined || inPath(program) !== undefined
})

/**
 * The engine of a name. `NAME@FOLDER` is the same from another checkout, so that a change can be
 * compared with what was before it.
 */
export function engineOf(spec: string): Engine {
  const [name = '', folder] = spec.split('@', 2)
  const starter = STARTERS[name]
  if (starter === undefined) {
    throw new Error(`no engine ${JSON.stringify(name)}; known: ${Object.keys(STARTERS).join(', ')}`)
  }
  const root = folder === undefined ? ROOT : path.resolve(folder)
  return { name: spec, isBare: isBare(starter), start: starter.from(root) }
}

/** Nothing but Postern has the entities of the rows. */
function isBare({ program }: Starter): boolean {
  return program !== undefined
}

function proxyOptions({ load, services, tls }: Setting): ProxyOptions {
  const servicePort = load.service === 'upload' ? services.uploadPort : services.port
  return { servicePort, isLogged: load.isLogged === true, tls }
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
