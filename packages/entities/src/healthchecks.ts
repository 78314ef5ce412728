import { defineRecord, type Field, type RecordSchema, typedefs } from '@postern/schema'

/** How a Target is found to work or not, by asking it or by watching requests. */
export type HealthcheckType = 'tcp' | 'http' | 'https' | 'grpc' | 'grpcs'

/** Requests that the gateway makes to find out. */
export interface ActiveHealthcheck {
  readonly type: HealthcheckType | null
  /** Seconds. */
  readonly timeout: number | null
  readonly concurrency: number | null
  readonly http_path: string | null
  readonly https_sni: string | null
  readonly https_verify_certificate: boolean
  readonly headers: Readonly<Record<string, readonly string[]>> | null
  /** Of healthy Targets; an interval of 0 seconds switches it off. */
  readonly healthy: HealthyRule & { readonly interval: number | null }
  readonly unhealthy: UnhealthyRule & { readonly interval: number | null }
}

/** What requests of clients tell. */
export interface PassiveHealthcheck {
  readonly type: HealthcheckType | null
  readonly healthy: HealthyRule
  readonly unhealthy: UnhealthyRule
}

/** How many such answers make a Target healthy; 0 switches it off. */
export interface HealthyRule {
  readonly http_statuses: readonly number[] | null
  readonly successes: number | null
}

/** How many such failures make a Target unhealthy; 0 switches a counter off. */
export interface UnhealthyRule {
  readonly http_statuses: readonly number[] | null
  readonly tcp_failures: number | null
  readonly timeouts: number | null
  readonly http_failures: number | null
}

/** The health checks of an Upstream. */
export interface Healthchecks {
  readonly active: ActiveHealthcheck
  readonly passive: PassiveHealthcheck
  /** Per cent of the weight that has to be above this for the Upstream to be healthy. */
  readonly threshold: number | null
}

const type = {
  type: 'string',
  default: 'http',
  one_of: ['tcp', 'http', 'https', 'grpc', 'grpcs'],
} as const

const seconds = { type: 'number', between: [0, 65535] } as const satisfies Field

const counter = { type: 'integer', between: [0, 255], default: 0 } as const

const statuses = {
  type: 'array',
  elements: { type: 'integer', between: [100, 999] },
} as const satisfies Field

const failures = { tcp_failures: counter, timeouts: counter, http_failures: counter } as const

/** Describes the health checks of an Upstream. */
export const healthchecks: RecordSchema<Healthchecks> = defineRecord({
  fields: {
    active: {
      type: 'record',
      fields: {
        type,
        timeout: { ...seconds, default: 1 },
        concurrency: { type: 'integer', between: [1, 2147483648], default: 10 },
        http_path: { ...typedefs.path, default: '/' },
        https_sni: typedefs.sni,
        https_verify_certificate: { type: 'boolean', default: true, required: true },
        headers: {
          type: 'map',
          keys: { type: 'string' },
          values: { type: 'array', elements: { type: 'string' } },
        },
        healthy: {
          type: 'record',
          fields: {
            interval: { ...seconds, default: 0 },
            http_statuses: { ...statuses, default: [200, 302] },
            successes: counter,
          },
        },
        unhealthy: {
          type: 'record',
          fields: {
            interval: { ...seconds, default: 0 },
            http_statuses: { ...statuses, default: [429, 404, 500, 501, 502, 503, 504, 505] },
            ...failures,
          },
        },
      },
    },
    passive: {
      type: 'record',
      fields: {
        type,
        healthy: {
          type: 'record',
          fields: {
            http_statuses: {
              ...statuses,
              default: [
                200, 201, 202, 203, 204, 205, 206, 207, 208, 226, 300, 301, 302, 303, 304, 305, 306,
                307, 308,
              ],
            },
            successes: counter,
          },
        },
        unhealthy: {
          type: 'record',
          fields: { http_statuses: { ...statuses, default: [429, 500, 503] }, ...failures },
        },
      },
    },
    threshold: { type: 'number', default: 0, between: [0, 100] },
  },
})
