import type { ForeignValue } from '@postern/schema'
import type { Protocol } from './protocol.ts'

/** Addresses a stream comes from or goes to. */
export interface AddressRange {
  readonly ip: string | null
  readonly port: number | null
}

/** Which requests go to a Service. */
export interface Route {
  readonly id: string
  readonly name: string | null
  readonly protocols: readonly Protocol[]
  readonly methods: readonly string[] | null
  readonly hosts: readonly string[] | null
  /** Prefixes; a regular expression begins with `~`. */
  readonly paths: readonly string[] | null
  readonly headers: Readonly<Record<string, readonly string[]>> | null
  readonly snis: readonly string[] | null
  readonly sources: readonly AddressRange[] | null
  readonly destinations: readonly AddressRange[] | null
  readonly https_redirect_status_code: number
  /** Greater ones are tried first. */
  readonly regex_priority: number | null
  /** Whether the part of the path that matched is cut off. */
  readonly strip_path: boolean
  readonly path_handling: 'v0' | 'v1' | null
  /** Whether the Service sees the Host that the client sent. */
  readonly preserve_host: boolean
  readonly request_buffering: boolean
  readonly response_buffering: boolean
  readonly service: ForeignValue | null
  readonly tags: readonly string[] | null
  readonly created_at: number
  readonly updated_at: number
  /** In place of the fields above it that match. Only with the flavor `expressions`. */
  readonly expression?: string | null
  /** Greater ones are tried first. Only with the flavor `expressions`. */
  readonly priority?: number
}
