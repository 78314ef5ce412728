import type { Exit } from '@postern/pdk-response'
import { findName } from './exit-headers.ts'

/**
 * Whether functions took the WWW-Authenticate header off a 401 that is still one.
 *
 * RFC 9110 11.6.1 wants the header in every 401; clients that ask for a password need it.
 */
export function losesChallenge(before: Exit, after: Exit): boolean {
  if (before.status !== 401 || after.status !== 401) return false
  const name = 'www-authenticate'
  return findName(before.headers, name) !== undefined && findName(after.headers, name) === undefined
}
