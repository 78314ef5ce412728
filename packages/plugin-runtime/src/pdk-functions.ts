import { isTruncated, type HeaderTable, ResponsePdk } from '@postern/pdk-response'
import type { Kong } from './kong-type.ts'
import { Cache, type CacheProbe } from './cache.ts'
import { bareBodyType } from './pdk/body-fields.ts'
import { ClientPdk } from './pdk/client-pdk.ts'
import { ClientTlsPdk } from './pdk/client-tls-pdk.ts'
import { NginxPdk } from './pdk/nginx-pdk.ts'
import { isTruncatedQuery, type QueryTable } from './pdk/query-args.ts'
import { RequestPdk } from './pdk/request-pdk.ts'
import { ServicePdk } from './pdk/service-pdk.ts'
import { ServiceRequestPdk } from './pdk/service-request-pdk.ts'
import { ServiceResponsePdk } from './pdk/service-response-pdk.ts'
import {
  ClusterPdk,
  IpPdk,
  NodePdk,
  PluginPdk,
  RouterPdk,
  TablePdk,
} from './pdk/small-namespaces.ts'
import { TelemetryPdk } from './pdk/telemetry-pdk.ts'
import { TracingPdk } from './pdk/tracing-pdk.ts'
import { VaultPdk } from './pdk/vault-pdk.ts'

/** One function of the PDK under Kong's name, to be called from another language. */
export interface PdkFunction {
  /** Below `kong`, for example `service.request.set_header`. */
  readonly name: string
  /**
   * `node` for what reaches beyond the request at hand, to what all plugins share: `cache` and
   * `vault`. A host leaves these out where it does not trust the code that calls.
   */
  readonly reach: 'request' | 'node'
  /**
   * Calls it and answers all of Kong's return values. What TypeScript throws as
   * POSTERN_PLUGIN_UNAVAILABLE is nil and a message here; a table that was cut short comes with
   * the text `truncated`. Other errors are thrown, the exit signal among them. A value may be a
   * promise (bodies that were not read yet, Consumers that are not in memory).
   */
  call(kong: Kong, args: readonly unknown[]): readonly unknown[]
}

/** Every namespace that is a class: what it is called, and where its functions are. */
const NAMESPACES: readonly (readonly [path: string, prototype: object])[] = [
  ['request', RequestPdk.prototype],
  ['response', ResponsePdk.prototype],
  ['client', ClientPdk.prototype],
  ['client.tls', ClientTlsPdk.prototype],
  ['service', ServicePdk.prototype],
  ['service.request', ServiceRequestPdk.prototype],
  ['service.response', ServiceResponsePdk.prototype],
  ['router', RouterPdk.prototype],
  ['node', NodePdk.prototype],
  ['ip', IpPdk.prototype],
  ['plugin', PluginPdk.prototype],
  ['table', TablePdk.prototype],
  ['cache', Cache.prototype],
  ['vault', VaultPdk.prototype],
  ['tracing', TracingPdk.prototype],
  ['telemetry', TelemetryPdk.prototype],
  ['nginx', NginxPdk.prototype],
  ['cluster', ClusterPdk.prototype],
]

/** Namespaces whose functions reach what all plugins share. */
const SHARED: ReadonlySet<string | undefined> = new Set(['cache', 'vault'])

/** `kong.log` is a function with properties, made for each request, so its names are told here. */
const LOG_FUNCTIONS = [
  'debug',
  'info',
  'notice',
  'warn',
  'err',
  'crit',
  'alert',
  'emerg',
  'inspect',
  'inspect.on',
  'inspect.off',
  'deprecation',
  'setSerializeValue',
  'serialize',
  'setFormat',
  'new',
] as const

/**
 * All functions of the PDK, so that a table for another language can be made once and called with
 * the `kong` of whichever request is running. Names are derived from ours: `getRawBody` is
 * `get_raw_body`.
 *
 * `log` is among them: `kong.log` can be called itself. `kong.ctx.shared`, `kong.ctx.plugin`,
 * `kong.configuration`, `kong.version`, `kong.version_num` and `kong.default_workspace` are values,
 * and are not.
 */
export const pdkFunctions: readonly PdkFunction[] = [
  ...NAMESPACES.flatMap(([path, prototype]) =>
    methodsOf(prototype).map((method) => pdkFunction(`${path}.${method}`)),
  ),
  pdkFunction('log'),
  ...LOG_FUNCTIONS.map((name) => pdkFunction(`log.${name}`)),
  pdkFunction('configuration.removeSensitive'),
]

/** A name as Kong writes it: `getRawBody` is `get_raw_body`. */
export function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (capital) => `_${capital.toLowerCase()}`)
}

function methodsOf(prototype: object): string[] {
  return Object.entries(Object.getOwnPropertyDescriptors(prototype))
    .filter(([name, { value }]) => name !== 'constructor' && typeof value === 'function')
    .map(([name]) => name)
}

function pdkFunction(path: string): PdkFunction {
  const steps = path.split('.')
  const method = steps.pop() as string
  return {
    name: snakeCase(path),
    reach: SHARED.has(steps[0]) ? 'node' : 'request',
    call: (kong, args) => {
      const namespace = namespaceOf(kong, steps)
      // Lua calls `kong.cache:get(key)`: the table itself comes first.
      const given = path.startsWith('cache.') ? withoutSelf(args) : args
      const level = path === 'cache.get' ? levelOf(kong.cache, given) : undefined
      const answered = call(kong, { namespace, path, method }, given)
      return level === undefined ? answered : withLevel(answered, level)
    },
  }
}

/** Where `kong.cache:get` finds a value: 1 where it is kept, 3 where it is loaded, -1 nowhere. */
function levelOf(cache: Cache, [key, , load]: readonly unknown[]): number {
  if (cache.probe(key as string) !== undefined) return 1
  return typeof load === 'function' ? 3 : -1
}

function withLevel(answered: readonly unknown[], level: number): readonly unknown[] {
  const [value, problem] = answered
  return value instanceof Promise || problem !== undefined ? answered : [value, undefined, level]
}

function withoutSelf(args: readonly unknown[]): readonly unknown[] {
  const [first] = args
  return typeof first === 'object' && !Array.isArray(first) ? args.slice(1) : args
}

function namespaceOf(kong: Kong, steps: readonly string[]): object {
  let namespace: object = kong
  for (const step of steps) namespace = Reflect.get(namespace, step) as object
  return namespace
}

interface Target {
  readonly namespace: object
  readonly path: string
  readonly method: string
}

function call(kong: Kong, target: Target, args: readonly unknown[]): readonly unknown[] {
  const { namespace, path, method } = target
  const implementation = Reflect.get(namespace, method) as (...args: readonly unknown[]) => unknown
  const resultsOf = OTHER_RESULTS.get(path) ?? results
  try {
    const answered = resultsOf(implementation.apply(namespace, args as unknown[]))
    if (!BODY_TYPE_OF.has(path) || answered[0] instanceof Promise) return answered
    return [answered[0], undefined, ...bodyTypes(target, kong, args)]
  } catch (error) {
    if (!isUnavailable(error)) throw error
    return [undefined, error.message, ...bodyTypes(target, kong, args)]
  }
}

function results(value: unknown): readonly unknown[] {
  if (value === undefined) return []
  if (typeof value !== 'object' || value === null) return [value]
  const isCut = isTruncated(value as HeaderTable) || isTruncatedQuery(value as QueryTable)
  return isCut ? [value, 'truncated'] : [value]
}

type ResultsOf = (value: unknown) => readonly unknown[]

/** Functions that answer more in Kong than the one value they answer here. */
const OTHER_RESULTS: ReadonlyMap<string, ResultsOf> = new Map<string, ResultsOf>([
  [
    'cache.probe',
    (value) => {
      const probe = value as CacheProbe | undefined
      return probe === undefined ? [] : [probe.ttl, undefined, probe.value]
    },
  ],
  [
    'telemetry.log',
    (value) => (value === true ? [true] : [undefined, 'telemetry logging is disabled']),
  ],
])

/** Where functions that read a body find its type, which is their third value. */
const BODY_TYPE_OF: ReadonlyMap<string, (kong: Kong) => string | undefined> = new Map([
  ['request.getBody', (kong) => kong.request.getHeader('content-type')],
  ['service.response.getBody', (kong) => kong.service.response.getHeader('content-type')],
])

/** Told also where the body could not be read. */
function bodyTypes({ path }: Target, kong: Kong, [mime]: readonly unknown[]): readonly string[] {
  const type = mime ?? BODY_TYPE_OF.get(path)?.(kong)
  return BODY_TYPE_OF.has(path) && typeof type === 'string' ? [bareBodyType(type)] : []
}

function isUnavailable(error: unknown): error is Error {
  return error instanceof Error && 'code' in error && error.code === 'POSTERN_PLUGIN_UNAVAILABLE'
}
