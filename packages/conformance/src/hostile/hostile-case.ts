/** Who says so: a MUST or a SHOULD of an RFC, or a rule of our own that is stricter. */
export type Grade = 'must' | 'should' | 'policy'

/** A piece of what is sent: octets in base64, with what happens around them. */
export type HostilePart =
  | { readonly b64: string; readonly wait_ms_after?: number }
  | { readonly bytewise: string; readonly every_ms: number }
  | {
      readonly repeat: { readonly b64: string; readonly times: number; readonly every_ms?: number }
    }

/** A raw request, and how a gateway may answer it. */
export interface HostileRequestCase {
  readonly id: string
  readonly group: string
  readonly desc: string
  readonly grade: Grade
  /** What the gateway has to be configured with: `key-auth`, `body-limit-1MiB`, `short-timeouts`. */
  readonly needs?: readonly string[]
  /** All octets in one write, in base64; or `parts`. */
  readonly raw?: string
  readonly parts?: readonly HostilePart[]
  /** Closes the client's side after the last octet; `reset` closes with RST. */
  readonly half_close?: boolean | 'reset'
  /** `HEAD` where the first answer has no body. */
  readonly method?: string
  readonly expect: HostileExpectation
}

/** What may come of a hostile request. Fields that are absent allow anything. */
export interface HostileExpectation {
  /** Of the first final answer; 0: the connection ended without one. */
  readonly allowed_status: readonly number[]
  readonly must_close: boolean
  /** Closes if the status is one of these. */
  readonly close_on?: readonly number[]
  /** The strictest outcome that the RFC allows. */
  readonly prefer?: readonly number[]
  /** Of the answers that follow on the connection. */
  readonly then_status?: readonly (readonly number[])[]
  readonly responses_max?: number
  readonly within_ms?: number
  readonly upstream_may_see: UpstreamMaySee
  readonly upstream?: UpstreamExpectation
  readonly response?: ResponseExpectation
}

/** How many whole requests may reach the upstream. */
export type UpstreamMaySee =
  | 'nothing'
  | 'at most one request'
  | 'one request'
  | 'one or two requests'
  | 'two requests'
  | 'three requests'
  | 'as many as were answered'

/** Conditions on what the upstream received, if it received anything. */
export interface UpstreamExpectation {
  readonly target?: string
  readonly target_any?: readonly string[]
  readonly targets?: readonly string[]
  readonly method?: string
  readonly method_if_seen?: string
  readonly version?: string
  readonly body_b64?: string
  readonly body_len?: number
  readonly headers?: Readonly<Record<string, string>>
  readonly combined?: Readonly<Record<string, string>>
  readonly headers_absent?: readonly string[]
  readonly headers_present?: readonly string[]
  readonly single?: readonly string[]
  readonly header_values_absent?: Readonly<Record<string, string>>
  readonly header_not_containing?: Readonly<Record<string, string>>
  readonly headers_absent_unless?: Readonly<Record<string, readonly string[]>>
  readonly count_if_seen?: Readonly<Record<string, number>>
  readonly raw_absent?: readonly string[]
  readonly raw_present_b64?: readonly string[]
  readonly framing_headers?: 'one'
  /** No request target may lie under it, read in any way that a server might read it. */
  readonly not_under?: string
  readonly incomplete_only?: boolean
  readonly requests_max?: number
  /** No more whole requests than answers. */
  readonly agree?: boolean
  readonly no_bare_lf?: boolean
  readonly has_host?: boolean
  readonly host_not?: string
  readonly forwarded_for_last?: string
}

export interface ResponseExpectation {
  /** The client reads nothing until `within_ms`. */
  readonly no_read?: boolean
  /** The answer must have been cut before so many bytes. */
  readonly cut?: number
  /** Waits for all answers, or the end of the connection. */
  readonly collect?: boolean
  readonly no_interim?: boolean
  readonly or_h2_frames?: boolean
  readonly order_by_target?: readonly string[]
  readonly body_absent?: readonly string[]
}

/** A raw response of an upstream, and what a client behind the gateway may get of it. */
export interface HostileResponseCase {
  readonly id: string
  readonly group: string
  readonly desc: string
  readonly grade: Grade
  readonly response?: string
  readonly parts?: readonly HostilePart[]
  /** After the last octet: nothing, FIN, or RST. */
  readonly then?: 'keep' | 'close' | 'reset'
  /** When it is played. After the request unless set. */
  readonly when?: 'after-request' | 'after-head' | 'on-accept' | 'no-read' | 'refuse'
  readonly client?:
    | 'get'
    | 'post-10MiB'
    | 'leave-after-1s'
    | 'pause-3s'
    | 'repeat-200'
    | 'repeat-200-post'
  readonly method?: 'GET' | 'HEAD'
  /** The client's request where it is not a plain GET. */
  readonly request_b64?: string
  readonly expect: HostileResponseExpectation
}

export interface HostileResponseExpectation {
  /** Final statuses; 0: the connection ended without any octet. */
  readonly client_may_get: readonly number[]
  /** Unless the gateway answers itself, the client must see that the answer is not whole. */
  readonly truncated_required?: boolean
  readonly truncated_ok?: boolean
  /** This connection must not carry another request; `should`: had better not. */
  readonly upstream_closed?: boolean | 'should'
  readonly body_b64?: string
  /** `name`, or `name:value` for not with that value. */
  readonly headers_absent?: readonly string[]
  readonly raw_absent?: readonly string[]
  readonly set_cookie_lines?: number
  readonly interim_max?: number
  readonly within_ms?: number
  readonly rss_growth_max_mib?: number
}
