import type { FunctionPhase } from '@postern/pre-function'

/** Names under which functions ask for the body of the request. */
const BODY_NAMES = /get_?raw_?body|get_?body|get_?post_?args|read_?body/i

/**
 * Whether a function can ask for the body of the request, as far as its source tells. It cannot
 * wait for it, so the body is read before it runs.
 */
export function asksForBody(source: string, phase: FunctionPhase): boolean {
  return (phase === 'rewrite' || phase === 'access') && BODY_NAMES.test(source)
}

/** Whether it can ask for the body of the Service's response. */
export function asksForServiceBody(source: string, phase: string): boolean {
  return (phase === 'header_filter' || phase === 'log') && BODY_NAMES.test(source)
}
