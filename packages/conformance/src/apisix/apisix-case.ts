import type { Json } from '../http-case.ts'
import type { OracleAnswer, OracleRequest, OracleUpstream } from '../oracle-case.ts'

/** One exchange that was recorded from Apache APISIX, with the configuration in force. */
export interface ApisixCase {
  readonly id: string
  readonly config: ApisixConfig
  /** APISIX refused a plugin's configuration when it loaded it, and dropped the Route. */
  readonly refused?: true
  /** How often the same request was sent before this one. */
  readonly earlier?: number
  readonly request: OracleRequest
  /** null: no answer that HTTP knows. */
  readonly answer: OracleAnswer | null
  readonly upstream: OracleUpstream | null
}

/** The parts of APISIX's standalone configuration that the exchanges use. */
export interface ApisixConfig {
  readonly routes: readonly ApisixRoute[]
  readonly services?: readonly ApisixService[]
  readonly consumers?: readonly ApisixConsumer[]
  readonly global_rules?: readonly { readonly id: string; readonly plugins: ApisixPlugins }[]
}

export interface ApisixRoute {
  readonly id: string
  readonly uri?: string
  readonly uris?: readonly string[]
  readonly plugins: ApisixPlugins
  readonly service_id?: string
  readonly upstream?: ApisixUpstream
}

export interface ApisixService {
  readonly id: string
  readonly plugins: ApisixPlugins
  readonly upstream: ApisixUpstream
}

export interface ApisixConsumer {
  readonly username: string
  readonly plugins: ApisixPlugins
}

/** Weight by `host:port`. */
export interface ApisixUpstream {
  readonly nodes: Readonly<Record<string, number>>
}

/** Configuration by the name of the plugin. */
export type ApisixPlugins = Readonly<Record<string, Readonly<Record<string, Json>>>>
