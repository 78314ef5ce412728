import type { Kong } from '@postern/plugin-runtime'

/**
 * The fields of the body. Undefined when there are none to be had: another type, or not what its
 * type says. Either way there is no key in it, and the Service judges the rest.
 */
export async function readBodyFields(
  kong: Kong<'access'>,
): Promise<Readonly<Record<string, unknown>> | undefined> {
  try {
    return await kong.request.getBody()
  } catch (error) {
    if (isUnavailable(error)) return undefined
    throw error
  }
}

function isUnavailable(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'POSTERN_PLUGIN_UNAVAILABLE'
}
