import { type HostFunction, hostTable, type HostValue, ngxRegexFunctions } from '@postern/lua'
import type { Kong, LogLevel } from '@postern/plugin-runtime'
import { luaValueOf } from './lua-value.ts'
import { ngxEncodings } from './ngx-encodings.ts'
import { ngxTimes } from './ngx-times.ts'
import { plainData } from './plain-data.ts'

/** Where the `kong` of the running call is found. */
export interface KongSource {
  kong(name: string): Kong
  /** The id of the configuration that a callback belongs to: when it is called, another may run. */
  owner?(): string | undefined
}

/**
 * The part of OpenResty's `ngx` that functions in the wild use: log, time, encodings, digests,
 * `ngx.var`, `ngx.ctx`, `ngx.status`, the readers of `ngx.req`. No timers, sockets, shared memory
 * or subrequests; what ends a request refuses, as in `kong`.
 */
export function createLuaNgx(calls: KongSource): Readonly<Record<string, HostValue>> {
  return {
    ...LOG_LEVELS,
    ...STATUSES,
    ...ngxEncodings,
    null: null,
    OK: 0,
    ERROR: -1,
    AGAIN: -2,
    DONE: -4,
    DECLINED: -5,
    log: logFunction(calls),
    var: hostTable({ get: (name) => variable(calls.kong('request'), String(name)) }),
    ctx: contextTable(calls),
    req: requestFunctions(calls),
    ...ngxTimes,
    re: ngxRegexFunctions(),
    config: { subsystem: 'http', debug: false, prefix: () => '', nginx_version: 1_025_003 },
    headers_sent: false,
    is_subrequest: false,
    get_phase: () => 'access',
    exit: refuse('exit'),
    say: refuse('say'),
    print: refuse('print'),
    redirect: refuse('redirect'),
  }
}

const LOG_LEVELS = {
  STDERR: 0,
  EMERG: 1,
  ALERT: 2,
  CRIT: 3,
  ERR: 4,
  WARN: 5,
  NOTICE: 6,
  INFO: 7,
  DEBUG: 8,
}

const STATUSES = {
  HTTP_OK: 200,
  HTTP_CREATED: 201,
  HTTP_ACCEPTED: 202,
  HTTP_NO_CONTENT: 204,
  HTTP_MOVED_PERMANENTLY: 301,
  HTTP_MOVED_TEMPORARILY: 302,
  HTTP_SEE_OTHER: 303,
  HTTP_NOT_MODIFIED: 304,
  HTTP_TEMPORARY_REDIRECT: 307,
  HTTP_PERMANENT_REDIRECT: 308,
  HTTP_BAD_REQUEST: 400,
  HTTP_UNAUTHORIZED: 401,
  HTTP_PAYMENT_REQUIRED: 402,
  HTTP_FORBIDDEN: 403,
  HTTP_NOT_FOUND: 404,
  HTTP_NOT_ALLOWED: 405,
  HTTP_NOT_ACCEPTABLE: 406,
  HTTP_REQUEST_TIMEOUT: 408,
  HTTP_CONFLICT: 409,
  HTTP_GONE: 410,
  HTTP_UPGRADE_REQUIRED: 426,
  HTTP_TOO_MANY_REQUESTS: 429,
  HTTP_ILLEGAL: 451,
  HTTP_INTERNAL_SERVER_ERROR: 500,
  HTTP_NOT_IMPLEMENTED: 501,
  HTTP_BAD_GATEWAY: 502,
  HTTP_SERVICE_UNAVAILABLE: 503,
  HTTP_GATEWAY_TIMEOUT: 504,
}

/** By number: nginx's level of that number, under Kong's name. */
const LEVEL_NAMES: readonly LogLevel[] = [
  'emerg',
  'emerg',
  'alert',
  'crit',
  'err',
  'warn',
  'notice',
  'info',
  'debug',
]

function logFunction(calls: KongSource): HostFunction {
  return (level, ...values) => {
    const name = LEVEL_NAMES[Number(level)]
    if (name === undefined) throw new Error('bad log level')
    calls.kong('log').log[name](...values.map(logText))
  }
}

function logText(value: HostValue): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('latin1')
  return value === undefined ? 'nil' : value
}

/** nginx's variables, as far as they say something here. */
function variable(kong: Kong, name: string): HostValue {
  const read = VARIABLES.get(name)
  if (read !== undefined) return luaValueOf(read(kong))
  if (name.startsWith('http_')) return luaValueOf(kong.request.getHeader(name.slice(5)))
  if (name.startsWith('arg_')) return luaValueOf(argument(kong, name.slice(4)))
  return undefined
}

function argument(kong: Kong, name: string): string | undefined {
  const value = kong.request.getQueryArg(name)
  return value === true ? '' : value
}

const VARIABLES = new Map<string, (kong: Kong) => unknown>([
  ['scheme', (kong) => kong.request.getScheme()],
  ['host', (kong) => kong.request.getHost()],
  ['server_port', (kong) => String(kong.request.getPort())],
  ['request_uri', (kong) => kong.request.getPathWithQuery()],
  ['uri', (kong) => kong.request.getPath()],
  ['args', (kong) => kong.request.getRawQuery()],
  ['query_string', (kong) => kong.request.getRawQuery()],
  ['request_method', (kong) => kong.request.getMethod()],
  ['request_id', (kong) => kong.request.getId()],
  ['server_protocol', (kong) => `HTTP/${kong.request.getHttpVersion().toFixed(1)}`],
  ['remote_addr', (kong) => kong.client.getForwardedIp()],
  ['remote_port', (kong) => String(kong.client.getForwardedPort())],
  ['realip_remote_addr', (kong) => kong.client.getIp()],
  ['realip_remote_port', (kong) => String(kong.client.getPort())],
  ['status', (kong) => String(kong.response.getStatus())],
])

/** `ngx.ctx`: one for each request, kept beside what plugins keep in `kong.ctx.shared`. */
function contextTable(calls: KongSource): HostValue {
  const kept = new WeakMap<Kong, Map<string | number, HostValue>>()
  const tableOf = (): Map<string | number, HostValue> => {
    const kong = calls.kong('ctx')
    const known = kept.get(kong) ?? new Map<string | number, HostValue>()
    kept.set(kong, known)
    return known
  }
  return hostTable({
    get: (key) => tableOf().get(key),
    set: (key, value) => void tableOf().set(key, plainData(value)),
  })
}

function requestFunctions(calls: KongSource): HostValue {
  const request = () => calls.kong('request').request
  return {
    get_method: () => request().getMethod(),
    get_headers: (max) => plainData(request().getHeaders(numberOf(max))),
    get_uri_args: (max) => plainData(request().getQuery(numberOf(max))),
    http_version: () => request().getHttpVersion(),
    start_time: () => request().getStartTime() / 1000,
  }
}

function numberOf(value: HostValue): number | undefined {
  return typeof value === 'number' ? value : undefined
}

function refuse(name: string): HostFunction {
  return () => {
    throw new Error(`ngx.${name} cannot be called here: return the answer instead`)
  }
}
