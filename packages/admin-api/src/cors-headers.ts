import { isForeignPage } from './guard-browser.ts'
import type { AdminApiOptions } from './options.ts'

/**
 * Which pages may read the answer. As in Kong: one of `guiOrigins`, or without any, whoever asks.
 * Unlike Kong, a page that the browser calls cross-site is not let in for the asking.
 *
 * @see Kong Gateway, kong/api/api_helpers.lua: cors_filter
 */
export function corsHeaders(
  request: Request,
  options: AdminApiOptions,
): Readonly<Record<string, string>> {
  const allowed = allowedOrigin(request, options)
  if (allowed === undefined) return { Vary: 'Origin' }
  return {
    'Access-Control-Allow-Origin': allowed,
    'Access-Control-Allow-Credentials': 'true',
    ...(allowed !== '*' && { Vary: 'Origin' }),
  }
}

function allowedOrigin(request: Request, options: AdminApiOptions): string | undefined {
  const origin = request.headers.get('origin')
  const [first] = options.guiOrigins ?? []
  if (first !== undefined) {
    return origin !== null && options.guiOrigins?.includes(origin) ? origin : first
  }
  if (isForeignPage(request, options)) return undefined
  return origin ?? '*'
}
