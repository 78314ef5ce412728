import { HeaderList } from '@postern/pdk-response'
import type { RequestFacts } from '@postern/plugin-runtime'
import { normalizePath } from '@postern/router'
import type { TrialRequest, TrialValues } from './trial-exit.ts'

/** The id of a request that never was. */
const NO_ID = '0'.repeat(32)

/** A request that was never sent, as functions can read it. */
export function trialRequestFacts(request: TrialRequest = {}): RequestFacts {
  const [rawPath, ownQuery] = splitPath(request.path ?? '/')
  const rawQuery = [ownQuery, queryText(request.query ?? {})]
    .filter((part) => part !== '')
    .join('&')
  const scheme = request.scheme ?? 'http'
  const headers = headersOf(request)
  const host = request.host ?? headers.get('host') ?? 'localhost'
  if (!headers.has('host')) headers.append('host', host)
  const port = scheme === 'https' ? 443 : 80
  return {
    id: request.id ?? NO_ID,
    method: (request.method ?? 'GET').toUpperCase(),
    target: rawQuery === '' ? rawPath : `${rawPath}?${rawQuery}`,
    rawPath,
    rawQuery,
    path: normalizePath(rawPath),
    httpVersion: 1.1,
    scheme,
    host: host.replace(/:\d+$/, '').toLowerCase(),
    port,
    headers,
    peerAddress: '127.0.0.1',
    peerPort: 0,
    clientAddress: '127.0.0.1',
    clientPort: 0,
    localPort: port,
    startedAtMs: Date.now(),
    sni: undefined,
  }
}

function splitPath(path: string): [string, string] {
  const at = path.indexOf('?')
  return at < 0 ? [path, ''] : [path.slice(0, at), path.slice(at + 1)]
}

function queryText(query: TrialValues): string {
  return pairsOf(query)
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .join('&')
}

/** Half of a surrogate pair has no UTF-8 form, and `encodeURIComponent` throws at it. */
function encode(text: string): string {
  return encodeURIComponent(text.toWellFormed())
}

function headersOf({ headers = {} }: TrialRequest): HeaderList {
  return HeaderList.fromRaw(pairsOf(headers).flat())
}

function pairsOf(values: TrialValues): [string, string][] {
  return Object.entries(values).flatMap(([name, value]) =>
    [value].flat().map((one): [string, string] => [name, one]),
  )
}
