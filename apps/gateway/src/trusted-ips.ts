import { BlockList, isIP } from 'node:net'

/**
 * Compiles `trusted_ips`: addresses and ranges whose X-Forwarded-* headers count. The list has been
 * checked when the configuration was read.
 */
export function compileTrustedIps(entries: readonly string[]): (address: string) => boolean {
  const list = new BlockList()
  let isEmpty = true
  for (const entry of entries) {
    const [address = '', bits] = entry.split('/')
    const version = isIP(address)
    if (version === 0) continue
    const family = version === 4 ? 'ipv4' : 'ipv6'
    if (bits === undefined) list.addAddress(address, family)
    else list.addSubnet(address, Number(bits), family)
    isEmpty = false
  }
  if (isEmpty) return () => false
  return (address) => list.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4')
}
