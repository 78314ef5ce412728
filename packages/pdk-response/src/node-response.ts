import type { IncomingMessage, ServerResponse } from 'node:http'
import { randomUUID } from 'node:crypto'
import { errorExit } from './error-exit.ts'
import { EXIT_SIGNAL, type Exit } from './exit.ts'
import { HeaderList } from './header-list.ts'
import { renderExit } from './render-exit.ts'
import {
  DEFAULT_RESPONSE_SETTINGS,
  type ResponseHost,
  type ResponseSettings,
} from './response-host.ts'
import { ResponsePdk } from './response-pdk.ts'
import { createResponseState, type ResponseState } from './response-state.ts'

/** Options of `nodeResponse`. */
export interface NodeResponseOptions {
  readonly settings?: Partial<ResponseSettings>
  /** Shown in errors. Default: 32 random hex digits. */
  readonly requestId?: string
  /** Takes warnings, and what handlers throw. Default: `console`. */
  readonly log?: Log
}

/** `kong.response` for a request of a plain node:http server. */
export interface NodeResponse {
  readonly response: ResponsePdk
  /**
   * Runs a handler and sends the Exit it leaves with. Resolves to false when it left without one:
   * nothing is sent then, but what it set is on `res`. A handler that throws is answered by a 500.
   */
  run(handler: (response: ResponsePdk) => unknown): Promise<boolean>
}

interface Log {
  warn(...values: readonly unknown[]): void
  error(...values: readonly unknown[]): void
}

/** Makes `kong.response` for a request and a response of node:http. */
export function nodeResponse(
  req: IncomingMessage,
  res: ServerResponse,
  options: NodeResponseOptions = {},
): NodeResponse {
  const host = new NodeHost(req, options)
  const response = new ResponsePdk(host)
  return {
    response,
    async run(handler) {
      const exit = await exitOf(host, () => handler(response))
      if (exit === undefined) applyTo(res, host.response)
      else send(host, res, exit)
      return exit !== undefined
    },
  }
}

class NodeHost implements ResponseHost {
  readonly phase = 'admin_api'
  readonly pluginName = undefined
  readonly request: ResponseHost['request']
  readonly response: ResponseState = createResponseState()
  readonly settings: ResponseSettings
  readonly log: Log
  exit: Exit | undefined

  constructor(req: IncomingMessage, options: NodeResponseOptions) {
    this.request = {
      id: options.requestId ?? randomUUID().replaceAll('-', ''),
      method: req.method ?? 'GET',
      httpVersion: Number(req.httpVersion),
      headers: HeaderList.fromRaw(req.rawHeaders),
    }
    this.settings = { ...DEFAULT_RESPONSE_SETTINGS, ...options.settings }
    this.log = options.log ?? console
    this.exit = undefined
  }

  recordExit(exit: Exit): void {
    this.exit ??= exit
  }
}

async function exitOf(host: NodeHost, handler: () => unknown): Promise<Exit | undefined> {
  try {
    await handler()
  } catch (error) {
    if (error !== EXIT_SIGNAL) return host.exit ?? crashExit(host, error)
  }
  return host.exit
}

function crashExit(host: NodeHost, error: unknown): Exit {
  host.log.error(error)
  const facts = { status: 500, reason: 'handler.crashed', phase: host.phase } as const
  return errorExit({ ...facts, source: 'error', kind: 'unexpected' }, host)
}

function send(host: NodeHost, res: ServerResponse, exit: Exit): void {
  const rendered = renderExit(exit, host)
  if (rendered.failure !== undefined) host.log.error(rendered.failure)
  if (rendered.lengthMismatch) rendered.headers.set('Connection', 'close')
  applyTo(res, host.response)
  res.end(rendered.body)
  host.response.headSent = true
}

function applyTo(res: ServerResponse, state: ResponseState): void {
  res.statusCode = state.status
  for (const [name] of state.headers) res.setHeader(name, state.headers.getAll(name))
}
