import type { Consumer, Route, Service } from '@postern/entities'
import {
  createResponseState,
  DEFAULT_RESPONSE_SETTINGS,
  type Exit,
  type HeaderList,
  type PdkPhase,
  type ResponseHost,
  type ResponseSettings,
  type ResponseState,
} from '@postern/pdk-response'
import type { CompiledPlugin } from './compiled-plugin.ts'
import { createKong } from './create-kong.ts'
import { pluginErrors } from './errors.ts'
import type { Kong } from './kong-type.ts'
import { type LogFacts, NO_LOG_FACTS } from './log-facts.ts'
import type { Log } from './log.ts'
import type { NodeFacts } from './node-facts.ts'
import type { PluginChains } from './plugin-chains.ts'
import type { PluginSet } from './plugin-set.ts'
import { DEFAULT_REQUEST_LIMITS, type RequestLimits } from './request-limits.ts'
import type { RequestFacts, ServiceResponse, UriCaptures } from './request-facts.ts'
import { DEFAULT_TIMEOUTS, type UpstreamRequest } from './upstream-request.ts'

/** What `createPhaseContext` needs. */
export interface PhaseContextInit {
  readonly request: RequestFacts
  readonly chains: PluginChains
  readonly node: NodeFacts
  readonly log: Log
  readonly settings?: ResponseSettings
  /** Reads the whole body of the request, within the host's limit. Called once at most. */
  readonly readBody?: () => Promise<Uint8Array>
  /**
   * How long a handler may take whose promise does not settle, in milliseconds. Then it counts as
   * failed: logged and answered with 500; in log just logged. Default 60000; 0 waits for ever.
   */
  readonly phaseTimeoutMs?: number
  /** How much the PDK lists of the request; Kong's defaults unless given. */
  readonly requestLimits?: RequestLimits
}

/**
 * Everything the PDK reads and writes for one request.
 *
 * Every field is there from the start, so that all requests share one hidden class. A host that
 * needs more fields extends this class and sets them in its constructor.
 */
export class PhaseContext implements ResponseHost {
  /** The phase that is running. Set by `runPhase`, and by the host between phases. */
  phase: PdkPhase
  /** The phase that is running has been ended by an Exit or a failure. */
  interrupted: boolean
  /** The one Exit that answers the request; undefined as long as there is none. */
  exit: Exit | undefined

  readonly request: RequestFacts
  readonly response: ResponseState
  /** Set by the host when the Service has answered. */
  serviceResponse: ServiceResponse | undefined

  /** Set by the host when a Route has matched. */
  route: Route | undefined
  service: Service | undefined
  captures: UriCaptures | undefined
  /** The part of the path that `strip_path` removes; undefined when nothing is stripped. */
  prefix: string | undefined

  /** Set by `kong.client.authenticate`. */
  consumer: Consumer | undefined
  credential: Readonly<Record<string, unknown>> | undefined

  /** All plugins of the configuration that the request began with. */
  readonly chains: PluginChains
  /** Those that take part: the global ones, until access has collected those of the Route. */
  plugins: PluginSet
  runningPlugin: CompiledPlugin | undefined

  /** What a plugin told to add to log lines, in order. Read by a serializer of the host. */
  logValues: LogValue[] | undefined
  /** The whole body of the request, once somebody has asked for it. */
  body: Uint8Array | undefined
  /**
   * Why the body could not be read; the host's own error is its cause. Part of the body is gone, so
   * a host must answer the request itself instead of proxying it, whatever plugins made of it.
   */
  bodyFailure: Error | undefined
  /** What `kong.client.tls.setClientVerify` was given. */
  clientVerify: string | undefined

  readonly node: NodeFacts
  readonly log: Log
  readonly settings: ResponseSettings
  readonly phaseTimeoutMs: number
  readonly requestLimits: RequestLimits

  #shared: Record<string, unknown> | undefined
  #pluginState: Map<string, Record<string, unknown>> | undefined
  #upstreamRequest: UpstreamRequest | undefined
  #kong: Kong | undefined
  #reading: Promise<Uint8Array> | undefined
  readonly #readBody: (() => Promise<Uint8Array>) | undefined

  constructor(init: PhaseContextInit) {
    this.phase = 'rewrite'
    this.interrupted = false
    this.exit = undefined
    this.request = init.request
    this.response = createResponseState()
    this.serviceResponse = undefined
    this.route = undefined
    this.service = undefined
    this.captures = undefined
    this.prefix = undefined
    this.consumer = undefined
    this.credential = undefined
    this.chains = init.chains
    this.plugins = init.chains.global
    this.runningPlugin = undefined
    this.logValues = undefined
    this.body = undefined
    this.bodyFailure = undefined
    this.clientVerify = undefined
    this.node = init.node
    this.log = init.log
    this.settings = init.settings ?? DEFAULT_RESPONSE_SETTINGS
    this.phaseTimeoutMs = init.phaseTimeoutMs ?? DEFAULT_PHASE_TIMEOUT_MS
    this.requestLimits = init.requestLimits ?? DEFAULT_REQUEST_LIMITS
    this.#readBody = init.readBody
  }

  /** `kong` for this request. Made when first asked for. */
  get kong(): Kong {
    return (this.#kong ??= createKong(this))
  }

  /** `kong.ctx.shared`: one object for all plugins of the request. */
  get shared(): Record<string, unknown> {
    return (this.#shared ??= emptyTable())
  }

  /** `kong.ctx.plugin`: one object for each plugin name. */
  get pluginState(): Record<string, unknown> {
    this.#pluginState ??= new Map()
    const name = this.pluginName ?? ''
    let state = this.#pluginState.get(name)
    if (state === undefined) this.#pluginState.set(name, (state = emptyTable()))
    return state
  }

  /** The name of the plugin that is running. */
  get pluginName(): string | undefined {
    return this.runningPlugin?.name
  }

  /** The request for the Service. Begins as the client's; made when first asked for. */
  get upstreamRequest(): UpstreamRequest {
    return (this.#upstreamRequest ??= upstreamRequestOf(this.request, this.upstreamHeaders()))
  }

  /**
   * Reads the body of the request once, and remembers it; a failure as well, in `bodyFailure`.
   *
   * @throws POSTERN_PLUGIN_UNAVAILABLE when it is too long for the host, or does not arrive
   */
  readBody(): Promise<Uint8Array> {
    this.#reading ??= this.#read()
    return this.#reading
  }

  /** The read that is under way: somebody asked for the body and did not wait for it. */
  get bodyReading(): Promise<Uint8Array> | undefined {
    const isOver = this.body !== undefined || this.bodyFailure !== undefined
    return isOver ? undefined : this.#reading
  }

  /**
   * What `kong.log.serialize` tells and only the host knows. Nothing here: a host that knows more
   * extends this class and answers it, so that it costs nothing where nobody asks.
   */
  logFacts(): LogFacts {
    return NO_LOG_FACTS
  }

  /**
   * Keeps an Exit and ends the phase. The first one of a phase counts; in header_filter the last
   * one does, and the phase goes on unless the setting says otherwise.
   */
  recordExit(exit: Exit): void {
    if (this.phase === 'header_filter') {
      this.exit = exit
      this.interrupted = this.settings.headerFilterExit === 'stop'
      return
    }
    if (this.interrupted) return
    this.exit = exit
    this.interrupted = true
  }

  /**
   * The headers that the request for the Service begins with, those of the client. Called once at
   * most, before any plugin adds to them. A host that has others extends this class; a function in
   * `PhaseContextInit` would do as well, but V8 13 lets a closure live long, and all that it sees.
   */
  protected upstreamHeaders(): HeaderList {
    return this.request.headers.clone()
  }

  /** Reads the whole body of the request, within the host's limit. For hosts too. */
  protected async fetchBody(): Promise<Uint8Array> {
    return (await this.#readBody?.()) ?? new Uint8Array()
  }

  async #read(): Promise<Uint8Array> {
    try {
      this.body ??= await this.fetchBody()
      return this.body
    } catch (error) {
      const reason = error instanceof Error ? error.message : 'unknown reason'
      this.bodyFailure = pluginErrors
        .UNAVAILABLE(`request body cannot be read: ${reason}`)
        .causedBy(error)
      throw this.bodyFailure
    }
  }
}

/** A minute, as Kong gives a Service. */
const DEFAULT_PHASE_TIMEOUT_MS = 60_000

/** A value for the log line of the request, as `kong.log.set_serialize_value` takes it. */
export interface LogValue {
  readonly key: string
  readonly value: unknown
  readonly mode: 'set' | 'add' | 'replace'
}

/** Makes the context of a request, for hosts that need no fields of their own. */
export function createPhaseContext(init: PhaseContextInit): PhaseContext {
  return new PhaseContext(init)
}

/** Keys may come from outside, so nothing is inherited. */
function emptyTable(): Record<string, unknown> {
  return Object.create(null) as Record<string, unknown>
}

function upstreamRequestOf(request: RequestFacts, headers: HeaderList): UpstreamRequest {
  return {
    scheme: 'http',
    host: '',
    port: 0,
    hostHeader: undefined,
    method: request.method,
    path: '',
    query: request.rawQuery,
    headers,
    body: undefined,
    timeouts: { ...DEFAULT_TIMEOUTS },
    retries: 5,
    tlsVerify: undefined,
    tlsVerifyDepth: undefined,
    tlsCertificate: undefined,
    tlsVerifyStore: undefined,
    retryCallback: undefined,
    buffering: false,
  }
}
