import type { Configuration } from '@postern/store'
import type { GatewayConfig } from '../config/gateway-config.ts'

/** What the supervisor tells a worker. Plain data: it is cloned between processes. */
export type ToWorker =
  | { readonly kind: 'start'; readonly config: GatewayConfig; readonly entities: Configuration }
  | { readonly kind: 'publish'; readonly entities: Configuration }
  | { readonly kind: 'stop'; readonly graceMs: number }

/** What a worker tells the supervisor. */
export type FromWorker =
  | { readonly kind: 'serving' }
  | { readonly kind: 'published'; readonly revision: number; readonly problem: string | undefined }
  | { readonly kind: 'alive' }
  | { readonly kind: 'failed'; readonly message: string }
