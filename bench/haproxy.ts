import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import type { ProxyOptions } from './nginx.ts'
import { type StartedProxy, startProxy } from './start-proxy.ts'

/** Starts HAProxy with one thread and resolves when it listens. */
export function startHaproxy(core: string, options: ProxyOptions): Promise<StartedProxy> {
  return startProxy(core, (port, folder) => {
    const file = path.join(folder, 'haproxy.cfg')
    writeFileSync(file, configuration(port, folder, options))
    return { command: ['haproxy', '-db', '-f', file] }
  })
}

/** HAProxy as a gateway: keep-alive both ways, the headers that nginx is told to set, its log to stdout. */
function configuration(
  port: number,
  folder: string,
  { servicePort, isLogged, tls }: ProxyOptions,
): string {
  return `
global
  nbthread 1
  maxconn 8192
defaults
  mode http
  option http-keep-alive
  http-reuse always
  timeout connect 60s
  timeout client 65s
  timeout server 60s
frontend gateway
  bind 127.0.0.1:${port}${tls === undefined ? '' : ` ssl crt ${pemOf(tls, folder)}`}
  ${isLogged ? 'log stdout format raw local0\n  option httplog' : ''}
  http-request return status 401 content-type application/json string '{"message":"No API key found in request"}' if { path /401 }
  http-request return status 404 content-type application/json string '{"message":"no Route matched with those values"}' if { path /404 }
  http-request set-header X-Real-IP %[src]
  http-request set-header X-Forwarded-Proto ${tls === undefined ? 'http' : 'https'}
  option forwardfor
  default_backend service
backend service
  server one 127.0.0.1:${servicePort} pool-max-conn 64
`
}

/** It wants the certificate and the key in one file. */
function pemOf(tls: { readonly cert: string; readonly key: string }, folder: string): string {
  const file = path.join(folder, 'server.pem')
  writeFileSync(file, `${readFileSync(tls.cert, 'utf8')}\n${readFileSync(tls.key, 'utf8')}`)
  return file
}
