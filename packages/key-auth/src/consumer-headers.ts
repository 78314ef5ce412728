import type { Consumer } from '@postern/entities'
import type { Kong } from '@postern/plugin-runtime'

/**
 * Tells the Service who calls. What does not apply is removed, so that a client cannot pretend.
 *
 * @param credential undefined: the Consumer is the anonymous one
 */
export function setConsumerHeaders(
  kong: Kong<'access'>,
  consumer: Consumer,
  credential: { readonly id: string } | undefined,
): void {
  setOrClear(kong, 'X-Consumer-ID', consumer.id)
  setOrClear(kong, 'X-Consumer-Custom-ID', consumer.custom_id)
  setOrClear(kong, 'X-Consumer-Username', consumer.username)
  setOrClear(kong, 'X-Credential-Identifier', credential?.id)
  setOrClear(kong, 'X-Anonymous-Consumer', credential === undefined ? 'true' : undefined)
}

function setOrClear(kong: Kong<'access'>, name: string, value: string | null | undefined): void {
  if (value === undefined || value === null) kong.service.request.clearHeader(name)
  else kong.service.request.setHeader(name, value)
}
