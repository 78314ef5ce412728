/** The part of `kong.request` that is looked at. */
export interface TriggerRequest {
  getHeader(name: string): string | undefined
  getQueryArg(name: string): string | true | undefined
}

/**
 * Whether a request has the trigger: a header or a query argument of that name, whatever its value.
 * Without a trigger every request has it.
 */
export function isTriggered(request: TriggerRequest, trigger: string | null): boolean {
  if (trigger === null) return true
  return request.getHeader(trigger) !== undefined || request.getQueryArg(trigger) !== undefined
}
