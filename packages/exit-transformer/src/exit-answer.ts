import type { ExitInput } from './exit-function-engine.ts'

/** What a function answered, before its parts are checked. */
export type ExitAnswer =
  | { readonly kind: 'unchanged' }
  | {
      readonly kind: 'triple'
      /** undefined or null: as it was. */
      readonly status: unknown
      /** undefined or null: no body. */
      readonly body: unknown
      /** undefined or null: none added. */
      readonly headers: unknown
    }
  | { readonly kind: 'nonsense'; readonly reason: string }

/** The answer of a function that leaves everything as it is. */
const UNCHANGED: ExitAnswer = Object.freeze({ kind: 'unchanged' })

/**
 * Reads what a Lua function returned.
 *
 * `return` without values changes nothing; otherwise the first three values are the Exit, those
 * that are missing count as nil, and further ones are ignored as in any Lua call.
 */
export function answerOfLua(values: readonly unknown[]): ExitAnswer {
  if (values.length === 0) return UNCHANGED
  return { kind: 'triple', status: values[0], body: values[1], headers: values[2] }
}

/**
 * Reads what a JavaScript function returned.
 *
 * undefined changes nothing. An array is the Exit by position, an empty one changes nothing. In an
 * object `{ status, body, headers }` what is absent stays and null removes. Anything else is
 * nonsense, null and a body returned without its wrapping included.
 */
export function answerOfJavaScript(returned: unknown, input: ExitInput): ExitAnswer {
  if (returned === undefined) return UNCHANGED
  if (Array.isArray(returned)) return answerOfLua(returned)
  if (typeof returned !== 'object' || returned === null) {
    return nonsense(`returned ${returned === null ? 'null' : `a ${typeof returned}`}`)
  }
  return answerOfObject(returned as Readonly<Record<string, unknown>>, input)
}

const PARTS: ReadonlySet<string> = new Set(['status', 'body', 'headers'])

function answerOfObject(parts: Readonly<Record<string, unknown>>, input: ExitInput): ExitAnswer {
  const foreign = Object.keys(parts).find((key) => !PARTS.has(key))
  if (foreign !== undefined) {
    return nonsense(`returned an object with ${JSON.stringify(foreign)}`)
  }
  const { status, body, headers } = parts
  if (status === undefined && body === undefined && headers === undefined) return UNCHANGED
  return {
    kind: 'triple',
    status,
    body: body === undefined ? input.body : body,
    headers: headers === undefined ? input.headers : headers,
  }
}

function nonsense(found: string): ExitAnswer {
  return {
    kind: 'nonsense',
    reason: `${found}; expected [status, body, headers], { status, body, headers } or nothing`,
  }
}
