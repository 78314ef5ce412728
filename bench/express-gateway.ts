import { cpSync, realpathSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import type { ProxyOptions } from './nginx.ts'
import { type StartedProxy, startProxy } from './start-proxy.ts'

/**
 * Starts Express Gateway and resolves when it listens.
 *
 * @param program its `eg`, as npm has installed it
 */
export function startExpressGateway(
  core: string,
  program: string,
  options: ProxyOptions,
): Promise<StartedProxy> {
  const home = path.resolve(path.dirname(realpathSync(program)), '..')
  return startProxy(core, (port, folder) => {
    const config = path.join(folder, 'config')
    cpSync(path.join(home, 'lib/config'), config, { recursive: true })
    writeFileSync(path.join(config, 'gateway.config.yml'), configuration(port, options))
    const server = path.join(folder, 'server.cjs')
    const text = `require(${JSON.stringify(home)})().load(${JSON.stringify(config)}).run()\n`
    writeFileSync(server, text)
    const env = { NODE_ENV: 'production', LOG_LEVEL: 'error' }
    return { command: [process.execPath, server], env }
  })
}

/** A proxy for all paths, and key-auth at the one that is asked without a key. No access log. */
function configuration(port: number, { servicePort, tls }: ProxyOptions): string {
  const listen =
    tls === undefined
      ? `http:\n  port: ${port}\n  hostname: 127.0.0.1`
      : `https:\n  port: ${port}\n  hostname: 127.0.0.1\n  tls:\n    default:\n      key: ${tls.key}\n      cert: ${tls.cert}`
  return `
${listen}
apiEndpoints:
  refused:
    host: '*'
    paths: '/401'
  open:
    host: '*'
    paths: ['/plain', '/auth', '/64k', '/10m', '/files/*']
serviceEndpoints:
  service:
    url: http://127.0.0.1:${servicePort}
policies:
  - key-auth
  - proxy
pipelines:
  refused:
    apiEndpoints: [refused]
    policies:
      - key-auth: {}
      - proxy: { action: { serviceEndpoint: service } }
  open:
    apiEndpoints: [open]
    policies:
      - proxy: { action: { serviceEndpoint: service } }
`
}
