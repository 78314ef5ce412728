import type { Kong } from '@postern/plugin-runtime'

/**
 * Removes a key from the request for the Service, wherever it was found: from the headers, the
 * query, and the body when that was read.
 */
export function hideKey(
  kong: Kong<'access'>,
  name: string,
  fields: Readonly<Record<string, unknown>> | undefined,
): void {
  const { request } = kong.service
  request.clearHeader(name)
  // Header names with `_` for `-` were searched as well.
  if (name.includes('-')) request.clearHeader(name.replaceAll('-', '_'))
  if (name.includes('_')) request.clearHeader(name.replaceAll('_', '-'))
  request.clearQueryArg(name)
  if (fields === undefined || !Object.hasOwn(fields, name)) return
  const { [name]: _hidden, ...rest } = fields
  request.setBody(rest)
}
