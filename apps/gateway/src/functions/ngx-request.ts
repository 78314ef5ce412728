import type { HostFunction, HostValue } from '@postern/lua'
import type { HeaderValue } from '@postern/pdk-response'
import type { Kong } from '@postern/plugin-runtime'
import { luaHeaders } from './lua-headers.ts'
import { textBytes } from './ngx-output.ts'
import type { PhaseCalls } from './phase-calls.ts'
import { plainData } from './plain-data.ts'
import { NIL } from './lua-value.ts'

/** nginx's numbers of methods: `ngx.HTTP_GET`. */
export const METHODS: Readonly<Record<string, number>> = {
  HTTP_GET: 2,
  HTTP_HEAD: 4,
  HTTP_POST: 8,
  HTTP_PUT: 16,
  HTTP_DELETE: 32,
  HTTP_MKCOL: 64,
  HTTP_COPY: 128,
  HTTP_MOVE: 256,
  HTTP_OPTIONS: 512,
  HTTP_PROPFIND: 1024,
  HTTP_PROPPATCH: 2048,
  HTTP_LOCK: 4096,
  HTTP_UNLOCK: 8192,
  HTTP_PATCH: 16_384,
  HTTP_TRACE: 32_768,
}

/**
 * The part of `ngx.req` that changes the request or reads its body. What is changed is what the
 * Service gets; the request of the client, which `kong.request` tells of, stays as it was.
 */
export function requestFunctions(calls: PhaseCalls): Readonly<Record<string, HostFunction>> {
  const service = (name: string): Kong['service']['request'] => {
    return calls.kong(`ngx.req.${name}`).service.request
  }
  return {
    get_headers: (max) => headersOf(calls.kong('ngx.req.get_headers'), max),
    set_header: (name, value) => setHeader(service('set_header'), name, value),
    clear_header: (name) => service('clear_header').clearHeader(String(name)),
    set_uri: (path) => service('set_uri').setPath(String(path)),
    set_uri_args: (args) => setArgs(service('set_uri_args'), args),
    set_method: (method) => service('set_method').setMethod(methodName(method)),
    // The body was read before the function began.
    read_body: () => undefined,
    get_body_data: () => bodyOf(calls) ?? NIL,
    get_post_args: () => formOf(calls) ?? NIL,
    set_body_data: (body) => service('set_body_data').setRawBody(textBytes(body)),
  }
}

function headersOf(kong: Kong, max: HostValue): HostValue {
  const headers = kong.request.getHeaders(typeof max === 'number' ? max : undefined)
  return luaHeaders(plainData(headers) as Readonly<Record<string, HostValue>>)
}

function setHeader(request: Kong['service']['request'], name: HostValue, value: HostValue): void {
  if (value === undefined) request.clearHeader(String(name))
  else request.setHeader(String(name), value as HeaderValue)
}

function setArgs(request: Kong['service']['request'], args: HostValue): void {
  if (typeof args === 'string') request.setRawQuery(args)
  else request.setQuery(args as Readonly<Record<string, unknown>>)
}

function methodName(method: HostValue): string {
  const found = Object.entries(METHODS).find(([, number]) => number === method)
  if (found === undefined) throw new Error('unsupported HTTP method')
  return found[0].slice('HTTP_'.length)
}

/** nil for an empty body, as in OpenResty. */
function bodyOf(calls: PhaseCalls): HostValue {
  const body = calls.kong('ngx.req.get_body_data').request.getRawBody()
  return body instanceof Promise || body.length === 0 ? undefined : body
}

function formOf(calls: PhaseCalls): HostValue {
  const kong = calls.kong('ngx.req.get_post_args')
  const form = kong.request.getBody('application/x-www-form-urlencoded')
  return form instanceof Promise ? undefined : plainData(form)
}
