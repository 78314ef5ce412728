import type { Configuration } from '@postern/store'
import type { FunctionHostState } from '../functions/hosted-functions.ts'
import type { Gateway } from '../gateway.ts'
import type { ListenerCounts } from '../listener/listener.ts'
import type { GatewayConfig } from '../config/gateway-config.ts'
import type { KeptExit } from '../exit-ring/show-exit.ts'
import type { MetricsReport } from '../metrics/metrics-report.ts'
import type { NodeIdentity } from '../node-identity.ts'

/** What the supervisor tells a worker. Plain data: it is cloned between processes. */
export type ToWorker =
  | {
      readonly kind: 'start'
      readonly config: GatewayConfig
      readonly identity: NodeIdentity
      readonly entities: Configuration
    }
  | { readonly kind: 'publish'; readonly sequence: number; readonly entities: Configuration }
  | { readonly kind: 'reopen' }
  | { readonly kind: 'exits'; readonly sequence: number; readonly size: number }
  | { readonly kind: 'stop'; readonly graceMs: number }

/** What a worker has done so far and what it takes. */
export interface WorkerCounts extends ListenerCounts {
  readonly pid: number
  /** Memory of its JavaScript objects, in bytes. */
  readonly heapBytes: number
  /** The processes of its JavaScript functions and their circuit breakers, where there are any. */
  readonly functionHost?: FunctionHostState | undefined
}

/** The counts of this process. */
export function countsOf(gateway: Pick<Gateway, 'counts' | 'functionHost'>): WorkerCounts {
  const { heapUsed: heapBytes } = process.memoryUsage()
  return {
    ...gateway.counts,
    pid: process.pid,
    heapBytes,
    functionHost: gateway.functionHost(),
  }
}

/** What a worker tells the supervisor. */
export type FromWorker =
  | { readonly kind: 'serving' }
  | { readonly kind: 'published'; readonly sequence: number; readonly problem: string | undefined }
  | {
      readonly kind: 'alive'
      readonly counts: WorkerCounts
      /** What was counted since the last one; absent when nothing was. */
      readonly metrics?: MetricsReport | undefined
    }
  | { readonly kind: 'exits'; readonly sequence: number; readonly exits: readonly KeptExit[] }
  | { readonly kind: 'failed'; readonly code: string | undefined; readonly message: string }
