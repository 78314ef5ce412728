import { exceptIn, onlyIn, type PhaseSet } from '@postern/pdk-response'

/** Kong's sets of phases that several namespaces share. */
export const REQUEST: PhaseSet = onlyIn(
  'rewrite',
  'access',
  'balancer',
  'response',
  'cluster_listener',
  'header_filter',
  'body_filter',
  'log',
  'error',
  'admin_api',
)
export const NOT_INIT_WORKER: PhaseSet = exceptIn('init_worker')
export const BODY: PhaseSet = onlyIn('rewrite', 'access', 'response', 'error', 'admin_api')
export const AUTHENTICATED: PhaseSet = onlyIn(
  'access',
  'response',
  'header_filter',
  'body_filter',
  'log',
)
export const ACCESS: PhaseSet = onlyIn('access')
export const REWRITE_ACCESS: PhaseSet = onlyIn('rewrite', 'access')
export const REWRITE_ACCESS_BALANCER: PhaseSet = onlyIn('rewrite', 'access', 'balancer')
export const REWRITE_ACCESS_BALANCER_PREREAD: PhaseSet = onlyIn(
  'rewrite',
  'access',
  'balancer',
  'preread',
)
export const SERVICE_RESPONSE: PhaseSet = onlyIn('response', 'header_filter', 'body_filter', 'log')
export const LOG: PhaseSet = onlyIn('log')
export const CERTIFICATE: PhaseSet = onlyIn('certificate')
export const PREREAD_BALANCER: PhaseSet = onlyIn('preread', 'balancer')
export const CLIENT_CERTIFICATE: PhaseSet = onlyIn(
  'rewrite',
  'access',
  'balancer',
  'response',
  'header_filter',
  'body_filter',
  'log',
)
export const LOG_VALUES: PhaseSet = onlyIn(
  'rewrite',
  'access',
  'response',
  'header_filter',
  'body_filter',
  'log',
)
