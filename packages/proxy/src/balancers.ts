import type { Target, Upstream } from '@postern/entities'
import { RoundRobin } from './round-robin.ts'

/** What balancing reads of an Upstream. `host_header` is sent as Host instead of a Target's name. */
export type BalancedUpstream = Pick<Upstream, 'id' | 'name'> &
  Partial<Pick<Upstream, 'host_header'>>

/**
 * What balancing reads of a Target: `host:port`, with port 8000 when there is none, and a weight of
 * 0 to 65535, 100 unless set. 0 takes the Target out of rotation.
 */
export type BalancedTarget = Pick<Target, 'target' | 'upstream'> & Partial<Pick<Target, 'weight'>>

/** Where a request goes. */
export interface Address {
  /** Name or address to connect to; IPv6 without brackets. */
  readonly host: string
  readonly port: number
  /** The name for the Host header: `host_header` of the Upstream, else the host. */
  readonly name: string
}

/** All Upstreams of a configuration. */
export interface Balancers {
  /**
   * The next Target of the Upstream called `host`; the host and port themselves when there is no
   * such Upstream; undefined when it has no Target with a weight.
   */
  pick(host: string, port: number): Address | undefined
  /** Whether there is an Upstream of that name. */
  has(host: string): boolean
}

/** How balancers are made. */
export interface BalancerOptions {
  /** Where in its lap a balancer begins, from 0 to below 1. `Math.random` unless set. */
  readonly random?: () => number
}

/**
 * Compiles Upstreams and their Targets: round-robin, in exact proportion to the weights over one
 * lap. Each balancer begins anywhere in its lap, so that many workers do not all begin with the
 * same Target.
 */
export function compileBalancers(
  upstreams: readonly BalancedUpstream[],
  targets: readonly BalancedTarget[],
  options: BalancerOptions = {},
): Balancers {
  const { random = Math.random } = options
  const byUpstream = Map.groupBy(targets, (target) => target.upstream.id)
  const byName = new Map<string, RoundRobin<Address>>()
  for (const { id, name, host_header } of upstreams) {
    const weighted = (byUpstream.get(id) ?? []).map((target) => ({
      item: parseTarget(target.target, host_header ?? undefined),
      weight: target.weight ?? DEFAULT_WEIGHT,
    }))
    byName.set(name.toLowerCase(), new RoundRobin(weighted, random()))
  }
  return {
    has: (host) => byName.has(host.toLowerCase()),
    pick: (host, port) => {
      const balancer = byName.size === 0 ? undefined : byName.get(host.toLowerCase())
      return balancer === undefined ? plainAddress(host, port) : balancer.next()
    },
  }
}

const DEFAULT_WEIGHT = 100
const DEFAULT_PORT = 8000

function parseTarget(target: string, hostName: string | undefined): Address {
  const colon = target.lastIndexOf(':')
  const hasPort = target.startsWith('[') ? target[colon - 1] === ']' : target.indexOf(':') === colon
  const hostPart = colon >= 0 && hasPort ? target.slice(0, colon) : target
  const port = colon >= 0 && hasPort ? Number(target.slice(colon + 1)) : DEFAULT_PORT
  const { host, name } = plainAddress(hostPart, port)
  return { host, port, name: hostName ?? name }
}

function plainAddress(host: string, port: number): Address {
  const bare = host.startsWith('[') && host.endsWith(']') ? host.slice(1, -1) : host
  return { host: bare, port, name: bare }
}
