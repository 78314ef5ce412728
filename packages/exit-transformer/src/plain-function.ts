import { answerOfJavaScript } from './exit-answer.ts'
import type { ExitFunction } from './exit-function.ts'
import type { CompiledExitFunction } from './exit-function-engine.ts'

/** Makes a function of this program callable as engines do it: it is given copies. */
export function plainFunction(plain: ExitFunction): CompiledExitFunction {
  return (input, context) => {
    const headers = input.headers === undefined ? undefined : copyOfHeaders(input.headers)
    const returned: unknown = plain(input.status, copyOf(input.body), headers, context)
    if (!(returned instanceof Promise)) return answerOfJavaScript(returned, input)
    return returned.then((later: unknown) => answerOfJavaScript(later, input))
  }
}

function copyOfHeaders(headers: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const copied = Object.entries(headers).map(([name, value]) => {
    return [name, Array.isArray(value) ? [...(value as unknown[])] : value] as const
  })
  return Object.fromEntries(copied)
}

/** Through JSON, because that is how the body leaves: a Date reads the same as it will on the wire. */
function copyOf(body: unknown): unknown {
  if (typeof body !== 'object' || body === null || body instanceof Uint8Array) return body
  return JSON.parse(JSON.stringify(body))
}
