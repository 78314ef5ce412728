import { byHost, inwardError } from '../host/border.ts'
import type { LuaHttp, LuaHttpRequest, LuaHttpResponse } from '../host/lua-http.ts'
import { badArgument, checkNumber, checkString } from '../library/arguments.ts'
import { allocateString } from '../runtime/budget.ts'
import type { IsSignal } from '../runtime/protect.ts'
import { LuaTable, newTable, tableOf } from '../runtime/table.ts'
import {
  NOTHING,
  type Callable,
  type GeneratorForm,
  type LuaResult,
  type LuaValue,
  type SuspendableCall,
} from '../runtime/value.ts'
import { beforeWait, refuseWait, Wait, waitFor } from '../runtime/wait.ts'
import {
  type HttpAddress,
  httpRequest,
  type HttpTimeouts,
  portProblem,
  requestProblem,
} from './http-request.ts'
import { httpResponse } from './http-response.ts'
import { defaultPort, parseUri } from './parse-uri.ts'

/** What the module needs of the host. */
export interface RestyHttpParts {
  readonly http: LuaHttp
  readonly isSignal: IsSignal
}

/** One `httpc`. */
interface Client {
  timeouts: HttpTimeouts
  /** Where `connect` has been told to go. */
  address: HttpAddress | undefined
}

/** OpenResty's own, `lua_socket_connect_timeout` and its like. */
const DEFAULT_TIMEOUT_MS = 60_000

/**
 * The module `resty.http`, over what the host sends requests with: `new`, `request_uri`, `connect`
 * with `request` and `read_body`, timeouts, `parse_uri`.
 *
 * A connection is made when a request is sent, and kept by the host: `connect`, `set_keepalive` and
 * `close` only answer as if they had done it. A response is there as a whole when it is answered.
 *
 * @see lua-resty-http 0.17, README
 */
export function createRestyHttp(parts: RestyHttpParts): LuaTable {
  const clients = new WeakMap<LuaTable, Client>()
  const clientOf: ClientOf = (self, name) => {
    const client = self instanceof LuaTable ? clients.get(self) : undefined
    if (client === undefined) throw badArgument(1, name, 'http client expected')
    return client
  }
  const methods = tableOf({
    _VERSION: '0.17.2',
    parse_uri: parseUriValues,
    set_keepalive: () => 1,
    get_reused_times: () => 0,
    ...addressFunctions(clientOf),
    ...requestFunctions(parts, clientOf),
  })
  methods.setKey('new', () => {
    const client = newTable()
    const timeouts = sameTimeouts(DEFAULT_TIMEOUT_MS)
    clients.set(client, { timeouts, address: undefined })
    client.metatable = tableOf({ __index: methods })
    return client
  })
  return methods
}

type ClientOf = (self: LuaValue, name: string) => Client

/** `scheme, host, port, path`, and `query` where it is not to stay in the path. */
function parseUriValues(_: LuaValue, uri: LuaValue, keepsQuery: LuaValue): LuaResult {
  const text = checkString(uri, 2, 'parse_uri', arguments.length)
  const parts = parseUri(text)
  if (parts === undefined) return [undefined, `bad uri: ${text}`]
  const { scheme, host, port, path, query } = parts
  const table = newTable()
  const isWhole = keepsQuery !== false && query !== ''
  const values = [scheme, host, port, isWhole ? `${path}?${query}` : path]
  if (!isWhole) values.push(query)
  for (const [i, value] of values.entries()) table.setNumber(i + 1, value)
  return table
}

function sameTimeouts(ms: number): HttpTimeouts {
  return { connectTimeoutMs: ms, sendTimeoutMs: ms, readTimeoutMs: ms }
}

/** 0 and less is no timeout to cosockets, but what stands in the configuration. */
function milliseconds(value: LuaValue, position: number, name: string): number {
  const ms = checkNumber(value, position, name)
  return ms >= 1 ? Math.min(Math.trunc(ms), MAX_TIMEOUT_MS) : DEFAULT_TIMEOUT_MS
}

/** What a timer of the host can be set to. */
const MAX_TIMEOUT_MS = 2 ** 31 - 1

function addressFunctions(clientOf: ClientOf): Readonly<Record<string, Callable>> {
  return {
    set_timeout: (self, ms) => {
      clientOf(self, 'set_timeout').timeouts = sameTimeouts(milliseconds(ms, 2, 'set_timeout'))
      return NOTHING
    },
    set_timeouts: (self, connect, send, read) => {
      clientOf(self, 'set_timeouts').timeouts = {
        connectTimeoutMs: milliseconds(connect, 2, 'set_timeouts'),
        sendTimeoutMs: milliseconds(send, 3, 'set_timeouts'),
        readTimeoutMs: milliseconds(read, 4, 'set_timeouts'),
      }
      return NOTHING
    },
    connect: (self, ...args) => connect(clientOf(self, 'connect'), args),
    ssl_handshake: (self, _session, serverName, isVerified) => {
      const client = clientOf(self, 'ssl_handshake')
      if (client.address === undefined) return [undefined, 'closed']
      client.address = {
        ...client.address,
        scheme: 'https',
        isVerified: isVerified !== false,
        serverName: typeof serverName === 'string' ? serverName : undefined,
      }
      return true
    },
    close: (self) => {
      const client = clientOf(self, 'close')
      if (client.address === undefined) return [undefined, 'closed']
      client.address = undefined
      return 1
    },
  }
}

/** `connect({ scheme, host, port, … })`, or `connect(host, port)` as before 0.16. */
function connect(client: Client, [first, second]: LuaValue[]): LuaResult {
  const options = first instanceof LuaTable ? first : tableOf({ host: first, port: second })
  const host = options.getString('host')
  if (typeof host !== 'string') throw badArgument(2, 'connect', 'host expected')
  if (options.getString('proxy_opts') !== undefined) return [undefined, NO_PROXY]
  const scheme = options.getString('scheme') === 'https' ? 'https' : 'http'
  const given = options.getString('port')
  const port = given === undefined ? defaultPort(scheme) : checkNumber(given, 3, 'connect')
  const problem = host === '' ? NO_HOST : portProblem(port)
  if (problem !== undefined) return [undefined, problem]
  const serverName = options.getString('ssl_server_name')
  client.address = {
    scheme,
    host,
    port,
    isVerified: options.getString('ssl_verify') !== false,
    serverName: typeof serverName === 'string' ? serverName : undefined,
  }
  return 1
}

/** As OpenResty's cosockets say it. */
const NO_HOST = 'failed to parse host name "": no host'

const NO_PROXY = 'proxy_opts is not supported'

function requestFunctions(
  parts: RestyHttpParts,
  clientOf: ClientOf,
): Readonly<Record<string, Callable>> {
  return {
    request: waitingFunction(function* (self, given) {
      const { address, timeouts } = clientOf(self, 'request')
      if (address === undefined) return [undefined, 'closed']
      return yield* send(parts, httpRequest({ address, timeouts, params: paramsOf(given) }))
    }),
    request_uri: waitingFunction(function* (self, uri, given) {
      const { timeouts } = clientOf(self, 'request_uri')
      const text = checkString(uri, 2, 'request_uri')
      const target = parseUri(text)
      if (target === undefined) return [undefined, `bad uri: ${text}`]
      const params = paramsOf(given)
      if (params.getString('proxy_opts') !== undefined) return [undefined, NO_PROXY]
      const name = params.getString('ssl_server_name')
      const address: HttpAddress = {
        ...target,
        isVerified: params.getString('ssl_verify') !== false,
        serverName: typeof name === 'string' ? name : undefined,
      }
      const answer = yield* send(parts, httpRequest({ address, timeouts, params, target }))
      if (answer instanceof LuaTable) answer.set('body', readBody(answer))
      return answer
    }),
  }
}

function waitingFunction(form: GeneratorForm): Callable {
  const plain: Callable = () => refuseWait()
  plain.g = form
  return plain
}

function paramsOf(value: LuaValue): LuaTable {
  return value instanceof LuaTable ? value : newTable()
}

function readBody(response: LuaTable): LuaValue {
  const read = response.getString('read_body') as Callable
  return read(response) as LuaValue
}

/** Answers the response, or nil and why there is none. */
function* send({ http, isSignal }: RestyHttpParts, request: LuaHttpRequest): SuspendableCall {
  beforeWait()
  const problem = requestProblem(request)
  if (problem !== undefined) return [undefined, problem]
  allocateString(request.path.length + (request.body?.length ?? 0))
  const { answer, abort } = byHost(() => http(request), { isSignal })
  const outcome = yield* waitFor(new Wait(answer, abort))
  if (outcome.kind === 'answer') {
    return httpResponse(outcome.value as LuaHttpResponse, request.method)
  }
  const { error } = outcome as { error: unknown }
  if (isSignal(error)) throw inwardError(error, { isSignal })
  return [undefined, error instanceof Error ? error.message : String(error)]
}
