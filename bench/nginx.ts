import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { type StartedProxy, startProxy } from './start-proxy.ts'

/** Starts nginx with one worker and resolves when it listens. */
export function startNginx(
  core: string,
  configure: (port: number, folder: string) => string,
): Promise<StartedProxy> {
  return startProxy(core, (port, folder) => {
    const file = path.join(folder, 'nginx.conf')
    writeFileSync(file, mainConfiguration(folder, configure(port, folder)))
    return { command: ['nginx', '-c', file, '-p', folder, '-e', path.join(folder, 'error.log')] }
  })
}

/** `user root` where root runs it: the folder belongs to whoever made it. */
function mainConfiguration(folder: string, http: string): string {
  return `
${process.getuid?.() === 0 ? 'user root;' : ''}
daemon off;
worker_processes 1;
pid ${folder}/nginx.pid;
error_log ${folder}/error.log warn;
events { worker_connections 4096; }
http {
  default_type text/plain;
  keepalive_requests 10000;
  keepalive_timeout 65s;
  client_max_body_size 0;
  client_body_temp_path ${folder}/client;
  proxy_temp_path ${folder}/proxy;
  fastcgi_temp_path ${folder}/fastcgi;
  uwsgi_temp_path ${folder}/uwsgi;
  scgi_temp_path ${folder}/scgi;
${http}
}
`
}

/** What a proxy without plugins is started for. */
export interface ProxyOptions {
  readonly servicePort: number
  readonly isLogged: boolean
  readonly tls: { readonly cert: string; readonly key: string } | undefined
}

/** nginx as a gateway: keep-alive both ways, five headers set, default buffers. */
export function proxyConfiguration(
  port: number,
  folder: string,
  { servicePort, isLogged, tls }: ProxyOptions,
): string {
  return `
  access_log ${isLogged ? `${folder}/access.log` : 'off'};
  upstream service {
    server 127.0.0.1:${servicePort};
    keepalive 64;
    keepalive_requests 1000000;
  }
  server {
    listen 127.0.0.1:${port}${tls === undefined ? '' : ' ssl'};
    ${tls === undefined ? '' : `ssl_certificate ${tls.cert}; ssl_certificate_key ${tls.key};`}
    location /401 {
      default_type application/json;
      return 401 '{"message":"No API key found in request"}';
    }
    location /404 {
      default_type application/json;
      return 404 '{"message":"no Route matched with those values"}';
    }
    location / {
      proxy_pass http://service;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_set_header Host $host;
      proxy_set_header X-Real-IP $remote_addr;
      proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
      proxy_set_header X-Forwarded-Proto $scheme;
    }
  }
`
}
