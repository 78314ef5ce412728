import type { ExitOptions, ResponsePdk } from '@postern/pdk-response'
import type { KongObject } from './create-kong.ts'
import type { ClientPdk } from './pdk/client-pdk.ts'
import type { ClientTlsPdk } from './pdk/client-tls-pdk.ts'
import type { LogFunctions } from './pdk/log-pdk.ts'
import type { RequestPdk } from './pdk/request-pdk.ts'
import type { ServicePdk } from './pdk/service-pdk.ts'
import type { ServiceRequestPdk } from './pdk/service-request-pdk.ts'
import type { ServiceResponsePdk } from './pdk/service-response-pdk.ts'
import type { RouterPdk } from './pdk/small-namespaces.ts'
import type {
  AuthPhase,
  HandlerPhase,
  RequestPhase,
  ResponseGetterPhase,
  ResponseSetterPhase,
  ServiceResponsePhase,
} from './phase.ts'

/** What a handler can be typed by: its phase, `exit` for the exit hook, `any` for every function. */
export type KongPhase = HandlerPhase | 'init_worker' | 'admin_api' | 'exit' | 'any'

/**
 * `kong`, as one phase may use it: what the phase may not call is not there. Without a phase, all
 * of it; calls are checked when they are made in either case.
 */
export type Kong<P extends KongPhase = 'any'> = [P] extends ['any']
  ? KongObject
  : KongIn<[P] extends ['exit'] ? 'response' : P>

type KongIn<P> = Omit<
  KongObject,
  'request' | 'response' | 'client' | 'service' | 'router' | 'log'
> & {
  readonly request: Limited<P, RequestPdk, RequestLimits>
  readonly response: ResponseIn<P>
  readonly client: Omit<Limited<P, ClientPdk, ClientLimits>, 'tls'> & {
    readonly tls: Limited<P, ClientTlsPdk, ClientTlsLimits>
  }
  readonly service: Omit<Limited<P, ServicePdk, ServiceLimits>, 'request' | 'response'> & {
    readonly request: Limited<P, ServiceRequestPdk, ServiceRequestLimits>
    readonly response: Limited<P, ServiceResponsePdk, ServiceResponseLimits>
  }
  readonly router: Limited<P, RouterPdk, { getRoute: AuthPhase; getService: AuthPhase }>
  /** A call of `kong.log` itself is at notice. */
  readonly log: ((...values: readonly unknown[]) => void) & Limited<P, LogFunctions, LogLimits>
}

/** The functions of a namespace that may be called in a phase; those without a limit always. */
type Limited<P, Api, Limits> = {
  readonly [Name in keyof Api as Name extends keyof Limits
    ? P extends Limits[Name]
      ? Name
      : never
    : Name]: Api[Name]
}

type Each<Names extends PropertyKey, Phases> = { readonly [Name in Names]: Phases }

type BodyPhase = 'rewrite' | 'access' | 'response' | 'error' | 'admin_api'

type RequestLimits = Each<
  Exclude<keyof RequestPdk, 'getPort' | 'getRawBody' | 'getBody'>,
  RequestPhase
> &
  Each<'getRawBody' | 'getBody', BodyPhase>

type ClientLimits = Each<
  'getCredential' | 'getConsumer' | 'loadConsumer' | 'getProtocol',
  AuthPhase
> &
  Each<'authenticate', 'access'>

type ClientTlsLimits = Each<'requestClientCertificate' | 'disableSessionReuse', 'certificate'> &
  Each<'getFullClientCertificateChain', 'rewrite' | 'balancer' | AuthPhase> &
  Each<'setClientVerify', 'rewrite' | 'access' | 'balancer'>

type LogLimits = Each<'setSerializeValue', 'rewrite' | AuthPhase> & Each<'serialize', 'log'>

type ServiceLimits = Each<
  'setUpstream' | 'setRetries' | 'setTimeouts' | 'setTargetRetryCallback',
  'access'
> &
  Each<
    'setTarget' | 'setTlsCertKey' | 'setTlsVerify' | 'setTlsVerifyDepth' | 'setTlsVerifyStore',
    'rewrite' | 'access' | 'balancer' | 'preread'
  >

type ServiceRequestLimits = Each<'enableTls' | 'disableTls', 'preread' | 'balancer'> &
  Each<
    | 'enableBuffering'
    | 'setScheme'
    | 'setPath'
    | 'setHeader'
    | 'setHeaders'
    | 'setRawBody'
    | 'setBody',
    'rewrite' | 'access' | 'balancer'
  > &
  Each<
    'setRawQuery' | 'setMethod' | 'setQuery' | 'clearQueryArg' | 'addHeader' | 'clearHeader',
    'rewrite' | 'access'
  >

type ServiceResponseLimits = Each<keyof ServiceResponsePdk, ServiceResponsePhase>

type ResponseLimits = Each<
  'getStatus' | 'getHeader' | 'getHeaders' | 'getSource',
  ResponseGetterPhase
> &
  Each<
    'setStatus' | 'setHeader' | 'addHeader' | 'clearHeader' | 'setHeaders',
    ResponseSetterPhase
  > &
  Each<'getRawBody' | 'setRawBody', 'body_filter'>

/**
 * `exit` and `error` do not return, but for header_filter, where the last of them wins, and are not
 * there where they would be refused.
 */
type ResponseIn<P> = Omit<Limited<P, ResponsePdk, ResponseLimits>, 'exit' | 'error'> &
  (P extends 'header_filter'
    ? Pick<ResponsePdk, 'exit' | 'error'>
    : P extends ResponseSetterPhase
      ? { readonly exit: Leaving<'exit'>; readonly error: Leaving<'error'> }
      : P extends 'preread'
        ? { readonly exit: Leaving<'exit'> }
        : unknown)

/** They return only where the handler says that it returns itself. */
interface Leaving<Name extends 'exit' | 'error'> {
  (
    status: number,
    content: Parameters<ResponsePdk[Name]>[1],
    headers: Parameters<ResponsePdk[Name]>[2],
    options: ExitOptions & { readonly leave: 'return' },
  ): void
  (
    status: number,
    content?: Parameters<ResponsePdk[Name]>[1],
    headers?: Parameters<ResponsePdk[Name]>[2],
    options?: ExitOptions & { readonly leave?: 'throw' },
  ): never
}
