import type { PdkPhase } from '@postern/pdk-response'

/** The moments in the life of a request or a worker that Postern knows, under Kong's names. */
export type Phase = PdkPhase | 'configure'

/** The phases in which handlers of plugins run, one after the other. */
export type HandlerPhase =
  | 'certificate'
  | 'rewrite'
  | 'access'
  | 'response'
  | 'header_filter'
  | 'body_filter'
  | 'log'
  | 'preread'

/** Phases in which most of `kong.request` may be called. */
export type RequestPhase =
  | 'rewrite'
  | 'access'
  | 'balancer'
  | 'response'
  | 'cluster_listener'
  | 'header_filter'
  | 'body_filter'
  | 'log'
  | 'error'
  | 'admin_api'

/** Phases after authentication may have happened. */
export type AuthPhase = 'access' | 'response' | 'header_filter' | 'body_filter' | 'log'

/** Phases in which the Service's response is known. */
export type ServiceResponsePhase = 'response' | 'header_filter' | 'body_filter' | 'log'

/** Phases in which `kong.response` can be read. */
export type ResponseGetterPhase =
  | 'response'
  | 'header_filter'
  | 'body_filter'
  | 'log'
  | 'error'
  | 'admin_api'

/** Phases in which `kong.response` can be changed. */
export type ResponseSetterPhase =
  | 'rewrite'
  | 'access'
  | 'balancer'
  | 'response'
  | 'header_filter'
  | 'error'
  | 'admin_api'
