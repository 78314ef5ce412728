import { isIP } from 'node:net'
import type { HeaderList } from '@postern/pdk-response'
import type { GatewayCore } from './gateway.ts'

/**
 * The address of the client: that of the peer, or what a trusted peer says in `real_ip_header`. With
 * `real_ip_recursive` the last address in the header that is not itself trusted counts.
 *
 * @see nginx, ngx_http_realip_module
 */
export function clientAddressOf(
  gateway: GatewayCore,
  peerAddress: string,
  headers: HeaderList,
): string {
  if (!gateway.isTrusted(peerAddress)) return peerAddress
  const { real_ip_header: name, real_ip_recursive: isRecursive } = gateway.config
  const said = headers.getAll(name).join(',')
  if (said === '') return peerAddress
  const addresses = said.split(',').map((part) => part.trim())
  let client = peerAddress
  for (const address of addresses.reverse()) {
    if (isIP(address) === 0) break
    client = address
    if (!isRecursive || !gateway.isTrusted(address)) break
  }
  return client
}
