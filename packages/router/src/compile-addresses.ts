import { BlockList, isIP } from 'node:net'
import type { AddressFields } from './routed-service.ts'

/** A Route's `sources` or `destinations`, ready to be compared with an end of a connection. */
export interface AddressTest {
  readonly ends: readonly {
    readonly ips: BlockList | undefined
    readonly port: number | undefined
  }[]
  /** How exactly they tell it: 8 for an address, 4 for a port, 1 for a range, or-ed over all. */
  readonly weight: number
}

/** Compiles addresses; undefined when there are none. */
export function compileAddresses(addresses: readonly AddressFields[]): AddressTest | undefined {
  if (addresses.length === 0) return undefined
  return {
    ends: addresses.map(({ ip, port }) => ({
      ips: ip ? rangeOf(ip) : undefined,
      port: port ?? undefined,
    })),
    weight: addresses.reduce((weight, address) => weight | weightOf(address), 0),
  }
}

/** Whether an end of a connection is one of them. What is not known matches nothing. */
export function matchAddress(
  test: AddressTest,
  ip: string | undefined,
  port: number | undefined,
): boolean {
  return test.ends.some((end) => {
    if (end.port !== undefined && end.port !== port) return false
    return end.ips === undefined || (ip !== undefined && end.ips.check(ip, familyOf(ip)))
  })
}

function rangeOf(ip: string): BlockList {
  const list = new BlockList()
  const [address = '', bits] = ip.split('/')
  const family = familyOf(address)
  if (bits === undefined) list.addAddress(address, family)
  else list.addSubnet(address, Number(bits), family)
  return list
}

function familyOf(ip: string): 'ipv4' | 'ipv6' {
  return isIP(ip) === 6 ? 'ipv6' : 'ipv4'
}

function weightOf({ ip, port }: AddressFields): number {
  const address = ip ? (ip.includes('/') ? 1 : 8) : 0
  return address | (port === undefined || port === null ? 0 : 4)
}
