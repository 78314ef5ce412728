import type { HostWait } from './host-value.ts'

/** A request of `resty.http`. Texts have one character for each byte. */
export interface LuaHttpRequest {
  readonly scheme: 'http' | 'https'
  /** Name or address; IPv6 without brackets. */
  readonly host: string
  readonly port: number
  readonly method: string
  /** With its query. */
  readonly path: string
  /** Name, value, name, value: with Host, without Content-Length. */
  readonly headers: readonly string[]
  readonly body: Uint8Array | undefined
  /** Name in the TLS handshake; the host unless set. */
  readonly serverName: string | undefined
  /** Whether the certificate of the server must be valid. */
  readonly isVerified: boolean
  /** At least 1, in milliseconds. */
  readonly connectTimeoutMs: number
  /** At least 1, in milliseconds, between two writes. */
  readonly sendTimeoutMs: number
  /** At least 1, in milliseconds, between two reads. */
  readonly readTimeoutMs: number
}

/** A whole response. */
export interface LuaHttpResponse {
  readonly status: number
  readonly reason: string
  /** Name, value, name, value, in the order in which they came. */
  readonly headers: readonly string[]
  readonly body: Uint8Array
}

/**
 * Sends a request. What it throws is a Lua error; a failure of what is waited for is what Lua is
 * answered besides nil, by its message: `connection refused`, `timeout`.
 */
export type LuaHttp = (request: LuaHttpRequest) => HostWait<LuaHttpResponse>
