/** `::ffff:127.0.0.1` is how a dual-stack socket writes `127.0.0.1`. */
export function withoutMapping(address: string | undefined): string {
  if (address === undefined) return ''
  return address.startsWith('::ffff:') && address.includes('.') ? address.slice(7) : address
}
