/** What balancing reads of an Upstream. */
export interface Upstream {
  readonly id: string
  readonly name: string
  /** Sent as Host instead of the name of the Target. */
  readonly host_header?: string | null
}

/** What balancing reads of a Target. */
export interface Target {
  /** `host:port`; port 8000 when there is none. */
  readonly target: string
  /** 0 to 65535, 100 unless set. 0 takes the Target out of rotation. */
  readonly weight?: number | null
  readonly upstream: { readonly id: string }
}

/** Where a request goes. */
export interface Address {
  /** Name or address to connect to; IPv6 without brackets. */
  readonly host: string
  readonly port: number
  /** What `hostHeader` is made of: the name the Service knows itself by. */
  readonly name: string
}

/** All Upstreams of a configuration. */
export interface Balancers {
  /**
   * The next Target of the Upstream called `host`; the host and port themselves when there is no
   * such Upstream; undefined when it has no Target with a weight.
   */
  pick(host: string, port: number): Address | undefined
}

/** Compiles Upstreams and their Targets. */
export function compileBalancers(
  upstreams: readonly Upstream[],
  targets: readonly Target[],
): Balancers {
  throw new Error(`${upstreams.length} ${targets.length}`)
}
