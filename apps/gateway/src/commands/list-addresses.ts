/** Addresses in a line of text. */
export function list(addresses: readonly string[]): string {
  return addresses.length === 0 ? 'no address' : addresses.join(', ')
}
