import type { Entities } from './fill-store.ts'
import type { BenchRequest } from './http-request.ts'
import { HUGE_BYTES, LARGE_BYTES, type Services, SMALL_BYTES } from './services.ts'

/** One row of the table: what the gateway is asked to do, how it is configured, what is compared. */
export interface Load {
  readonly name: string
  readonly title: string
  readonly request: BenchRequest
  /** Another request to the same process, which the same engine's own ratio is about. */
  readonly own?: { readonly title: string; readonly request: BenchRequest }
  /** What a proxy without plugins is asked instead; `none` where it has nothing like it. */
  readonly bare?: BenchRequest | 'none'
  readonly entities: (services: Services) => readonly Entities[]
  /** The gateways write their access log. */
  readonly isLogged?: boolean
  readonly isTls?: boolean
  /** Where requests go, for proxies without Routes. */
  readonly service?: 'small' | 'upload'
  /** Connections of the load generator; 32 unless said. */
  readonly connections?: number
  /** Slices are so many times as long. */
  readonly longer?: number
  /** Divides by bytes that came instead of requests: of long answers many are cut off by the end. */
  readonly perBytes?: number
  /** Median ratios that are to be held; `moreUs` is what the subject may take above its own reference. */
  readonly goal?: { readonly nginx?: number; readonly own?: number; readonly moreUs?: number }
}

const id = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`
const SERVICE = { id: id(1) }

/** One Service, a Route without plugins, a Route with key-auth, a Consumer with a key. */
function basics(port: number): Entities[] {
  return [
    {
      entity: 'services',
      rows: [{ ...SERVICE, name: 's', host: '127.0.0.1', port, protocol: 'http' }],
    },
    {
      entity: 'routes',
      rows: [
        { id: id(10), name: 'plain', paths: ['/plain'], service: SERVICE, strip_path: false },
        { id: id(11), name: 'auth', paths: ['/auth'], service: SERVICE, strip_path: false },
        { id: id(12), name: 'function', paths: ['/function'], service: SERVICE },
        { id: id(13), name: 'files', paths: ['/files'], service: SERVICE },
      ],
    },
    {
      entity: 'plugins',
      rows: [11, 12].map((route) => ({ name: 'key-auth', route: { id: id(route) } })),
    },
    { entity: 'consumers', rows: [{ id: id(20), username: 'ann' }] },
    {
      entity: 'keyauth_credentials',
      rows: [{ consumer: { id: id(20) }, key: KEY.apikey }],
    },
  ]
}

const KEY = { apikey: 'k-0123456789abcdef' }

function withFunction(source: string): (services: Services) => readonly Entities[] {
  return ({ port }) => [
    ...basics(port),
    {
      entity: 'plugins',
      rows: [{ name: 'exit-transformer', route: { id: id(12) }, config: { functions: [source] } }],
    },
  ]
}

/** Kong's own example, which adds a word to the message and a header. */
const LUA = `
return function(status, body, headers)
  if not body or not body.message then return status, body, headers end
  headers = { ["X-Some-Header"] = "some value" }
  return status, { error = true, status = status, message = body.message .. ", arr!" }, headers
end
`
const JAVASCRIPT = `(status, body) => [
  status,
  { error: true, status, message: body.message + ', arr!' },
  { 'X-Some-Header': 'some value' },
]`

/** Routes by the path, asked for in turn: at most a thousand different ones. */
function withRoutes(count: number): (services: Services) => readonly Entities[] {
  return ({ port }) => [
    ...basics(port),
    {
      entity: 'routes',
      rows: Array.from({ length: count }, (_, n) => ({
        id: id(1000 + n),
        paths: [`/many/${n}/x`],
        service: SERVICE,
        strip_path: false,
      })),
    },
  ]
}

function among(count: number): BenchRequest {
  const step = Math.max(1, Math.floor(count / 1000))
  const paths = Array.from({ length: Math.min(count, 1000) }, (_, n) => `/many/${n * step}/x`)
  return { ...PLAIN, paths }
}

const PLAIN: BenchRequest = {
  method: 'GET',
  paths: ['/plain'],
  status: 200,
  answerBytes: SMALL_BYTES,
}
const WITH_KEY: BenchRequest = { ...PLAIN, paths: ['/auth'], headers: KEY }
const WITHOUT_KEY: BenchRequest = { method: 'GET', paths: ['/auth'], status: 401 }
const TO_FUNCTION: BenchRequest = { method: 'GET', paths: ['/function'], status: 401 }
const NOWHERE: BenchRequest = { method: 'GET', paths: ['/nowhere'], status: 404 }
const plainOf = ({ port }: Services): readonly Entities[] => basics(port)
const ownPlain = { title: 'plain', request: PLAIN }
const own401 = { title: '401', request: WITHOUT_KEY }

function download(path: string, answerBytes: number): Pick<Load, 'request' | 'bare' | 'perBytes'> {
  const request = { ...PLAIN, paths: [`/files${path}`], answerBytes }
  return { request, bare: { ...request, paths: [path] }, perBytes: answerBytes }
}

function upload(bodyBytes: number): Pick<Load, 'request' | 'service' | 'entities'> {
  return {
    request: { ...PLAIN, method: 'POST', bodyBytes },
    service: 'upload',
    entities: ({ uploadPort }) => basics(uploadPort),
  }
}

/** The table. */
export const LOADS: readonly Load[] = [
  { name: 'plain', title: 'plain proxy', request: PLAIN, entities: plainOf, goal: { nginx: 1.7 } },
  {
    name: 'changing',
    title: 'plain proxy, one header changes',
    request: { ...PLAIN, changes: 'X-Request-Number' },
    own: ownPlain,
    entities: plainOf,
  },
  {
    name: 'auth',
    title: 'proxy + key-auth + counters + access log',
    request: WITH_KEY,
    entities: plainOf,
    isLogged: true,
    goal: { nginx: 2 },
  },
  {
    name: '401',
    title: '401 of key-auth',
    request: WITHOUT_KEY,
    own: ownPlain,
    bare: { ...WITHOUT_KEY, paths: ['/401'] },
    entities: plainOf,
    goal: { own: 0.8 },
  },
  {
    name: '404',
    title: '404: no Route',
    request: NOWHERE,
    own: ownPlain,
    bare: { ...NOWHERE, paths: ['/404'] },
    entities: plainOf,
    goal: { own: 0.6 },
  },
  {
    name: 'lua',
    title: '401 through one Lua function',
    request: TO_FUNCTION,
    own: own401,
    bare: 'none',
    entities: withFunction(LUA),
    goal: { moreUs: 3 },
  },
  {
    name: 'javascript',
    title: '401 through one JavaScript function',
    request: TO_FUNCTION,
    own: own401,
    bare: 'none',
    entities: withFunction(JAVASCRIPT),
  },
  {
    name: '64k',
    title: 'answer of 64 KiB',
    ...download('/64k', LARGE_BYTES),
    entities: plainOf,
    goal: { nginx: 1.1 },
  },
  {
    name: '10m',
    title: 'answer of 10 MiB',
    ...download('/10m', HUGE_BYTES),
    entities: plainOf,
    connections: 4,
    longer: 2,
  },
  { name: 'upload-1k', title: 'body of 1 KiB to the Service', ...upload(1024) },
  {
    name: 'upload-10m',
    title: 'body of 10 MiB to the Service',
    ...upload(HUGE_BYTES),
    connections: 4,
    longer: 3,
  },
  {
    name: 'tls',
    title: 'TLS + key-auth',
    request: WITH_KEY,
    entities: plainOf,
    isTls: true,
    goal: { nginx: 1.9 },
  },
  {
    name: 'routes-1000',
    title: '1,000 Routes',
    request: among(1000),
    own: ownPlain,
    entities: withRoutes(1000),
  },
  {
    name: 'routes-100000',
    title: '100,000 Routes',
    request: among(100_000),
    own: ownPlain,
    entities: withRoutes(100_000),
  },
]
