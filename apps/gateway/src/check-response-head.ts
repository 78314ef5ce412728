import type { PreparedFields } from '@postern/http1'
import { gatewayErrors } from './errors.ts'

/** Names and values together. Clients read heads up to 16 KiB (Node) or 256 KiB (browsers). */
const MAX_BYTES = 64 * 1024
const MAX_LINES = 2000

/**
 * Refuses a head that plugins have made too large: twice of what a Service may send.
 *
 * @param headers name, value, name, value
 * @param prepared fields that go before them
 * @throws POSTERN_GATEWAY_RESPONSE_HEAD_TOO_LARGE
 */
export function checkResponseHead(headers: readonly string[], prepared?: PreparedFields): void {
  let bytes = prepared?.text.length ?? 0
  for (let i = 0; i < headers.length; i++) bytes += (headers[i] as string).length
  if (bytes > MAX_BYTES || headers.length + (prepared?.raw.length ?? 0) > 2 * MAX_LINES) {
    throw gatewayErrors.RESPONSE_HEAD_TOO_LARGE(MAX_LINES, MAX_BYTES)
  }
}
