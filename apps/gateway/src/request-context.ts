import type { Exit, HeaderList } from '@postern/pdk-response'
import {
  type LogFacts,
  type PhaseContextInit,
  PhaseContext,
  type UpstreamTry,
} from '@postern/plugin-runtime'
import type { GatewayCore } from './gateway.ts'
import { endRequest } from './end-request.ts'
import type { FieldFacts } from './field-facts.ts'
import type { Step } from './handle-request.ts'
import type { Exchange, ExchangeListener } from './listener/listener.ts'
import { askForBody, readBody } from './read-body.ts'
import type { BodySource, UpstreamExchange } from '@postern/proxy'
import type { RequestProblem } from './check-request.ts'
import type { ServiceBody } from './service-body.ts'
import type { Snapshot } from './snapshot.ts'
import { upstreamHeaders } from './upstream-headers.ts'

/** What `openRequest` has found out about a request. */
export interface RequestContextInit extends PhaseContextInit {
  readonly gateway: GatewayCore
  readonly snapshot: Snapshot
  readonly exchange: Exchange
  readonly requestBody: BodySource | undefined
  readonly problem: RequestProblem | undefined
  readonly fields: FieldFacts | undefined
}

/** Everything about one request: what plugins see of it, and what only the gateway needs. */
export class RequestContext extends PhaseContext implements ExchangeListener {
  readonly gateway: GatewayCore
  /** The configuration that the request began with. */
  readonly snapshot: Snapshot
  readonly exchange: Exchange
  /** The body as it may be read: with its limits. Set by `openRequest`. */
  readonly requestBody: BodySource | undefined
  /** Why the request is not served. Set by `openRequest`. */
  readonly problem: RequestProblem | undefined
  /** What is known of the header fields. Set by `openRequest`, unless the target says another host than they. */
  readonly fields: FieldFacts | undefined
  /** The exchange with the Service, to end it when the client goes. Set by `proxyToService`. */
  upstream: UpstreamExchange | undefined
  /** The body of the Service's response. Set by `proxyToService`, read by `sendBody`. */
  serviceBody: ServiceBody | undefined
  /** The Exit that is written into `response`. Set by `transformExit`. */
  renderedExit: Exit | undefined
  /** The body that goes with it. */
  exitBody: string | Uint8Array | undefined
  /** Where the request was sent, in order. Filled by `proxyToService`. */
  readonly tries: UpstreamTry[]
  /** When the request was handed to the Service, in milliseconds; 0 when it was not. */
  proxiedAtMs: number
  /** When the head of the Service's response came, in milliseconds; 0 when it did not. */
  answeredAtMs: number
  /** The request has met a fault of ours. Set by `exitUnexpectedly`. */
  hasFailed: boolean
  /** The steps that are being taken, and the next of them. Set by `handleRequest`. */
  steps: readonly Step[]
  nextStep: number
  /** A step has not come to its end yet. Set by `handleRequest`. */
  isWaiting: boolean
  /** The client has gone, or has everything: nothing more is sent. Set by `endRequest`. */
  closed: boolean
  /** The client has the whole answer. Set by `endRequest`. */
  isDelivered: boolean

  constructor(init: RequestContextInit) {
    super(init)
    this.gateway = init.gateway
    this.snapshot = init.snapshot
    this.exchange = init.exchange
    this.requestBody = init.requestBody
    this.problem = init.problem
    this.fields = init.fields
    this.upstream = undefined
    this.serviceBody = undefined
    this.renderedExit = undefined
    this.exitBody = undefined
    this.tries = []
    this.proxiedAtMs = 0
    this.answeredAtMs = 0
    this.hasFailed = false
    this.steps = NO_STEPS
    this.nextStep = 0
    this.isWaiting = false
    this.closed = false
    this.isDelivered = false
  }

  onDrain(): void {
    this.serviceBody?.resume()
  }

  onClose(finished: boolean): void {
    endRequest(this, finished)
  }

  protected override upstreamHeaders(): HeaderList {
    return upstreamHeaders(this.gateway, this.exchange, this.request, this.fields)
  }

  protected override fetchBody(): Promise<Uint8Array> {
    askForBody(this.exchange, this.request.headers)
    return readBody(this.requestBody, this.gateway.config.client_body_buffer_max)
  }

  /** For `kong.log.serialize`. */
  override logFacts(): LogFacts {
    return {
      requestBytes: this.exchange.bytesRead,
      responseBytes: this.exchange.bytesWritten,
      finishedAtMs: Date.now(),
      proxiedAtMs: this.proxiedAtMs,
      answeredAtMs: this.answeredAtMs,
      tries: this.tries,
    }
  }
}

const NO_STEPS: readonly Step[] = []
