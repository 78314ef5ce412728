import type { MatchRequest } from '../src/index.ts'

/** A request with what a test is about. */
export interface About {
  method?: string
  path?: string
  host?: string | undefined
  port?: number
  scheme?: 'http' | 'https'
  sni?: string | undefined
  headers?: Readonly<Record<string, string | readonly string[]>>
}

/** Makes a request to match: GET / of the host a.test over plain http, unless told otherwise. */
export function requestOf(about: About = {}): MatchRequest {
  const headers = new Map(Object.entries(about.headers ?? {}))
  return {
    method: about.method ?? 'GET',
    path: about.path ?? '/',
    host: 'host' in about ? about.host : 'a.test',
    port: about.port ?? (about.scheme === 'https' ? 443 : 80),
    scheme: about.scheme ?? 'http',
    sni: about.sni,
    header: (name) => headers.get(name),
  }
}
