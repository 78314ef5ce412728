/** What WWW-Authenticate says: `Key`, or `Key realm="REALM"`. */
export function challengeOf(realm: string | null): string {
  if (realm === null) return 'Key'
  // A quote would end the text early (RFC 9110, 5.6.4). Kong does not escape it.
  return `Key realm="${realm.replace(/["\\]/g, '\\$&')}"`
}
