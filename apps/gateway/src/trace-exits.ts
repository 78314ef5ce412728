import { createHash, timingSafeEqual } from 'node:crypto'
import type { RequestContext } from './request-context.ts'

/** The `kong` of each request that may be told which function of exit-transformer changed what. */
const traced = new WeakSet<object>()
/** Whether there has been any: in nearly no process, and the set makes a hash for whoever is asked about. */
let hasTraced = false

/**
 * Lets the response tell what each function did, where the request holds the token of the setting
 * `request_debug_token`. Without that setting nobody is told.
 *
 * A header that holds another text is compared in the time that the right one takes: a client must
 * not find the token out letter by letter.
 */
export function allowTrace({ gateway, request, kong }: RequestContext): void {
  const token = gateway.config.request_debug_token
  if (token === null || token === '') return
  const said = request.headers.get('X-Kong-Request-Debug-Token')
  if (said === undefined || !timingSafeEqual(digest(said), digest(token))) return
  traced.add(kong)
  hasTraced = true
}

/** Whether the trace of a request was allowed. */
export function isTraced(kong: object): boolean {
  return hasTraced && traced.has(kong)
}

/** Of one length, whatever the length of the text. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
