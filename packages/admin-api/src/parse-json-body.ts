import { checkName } from './check-name.ts'
import { refuse } from './refusal.ts'

/** As deep as Kong's JSON parser goes. */
const MAX_DEPTH = 1000

/**
 * Reads a body of JSON that has to be an object. `[]` is one without fields, because Lua programs
 * write it so.
 *
 * @throws Refusal 400
 */
export function parseJsonBody(bytes: Uint8Array): Record<string, unknown> {
  const parsed = parse(bytes)
  checkTree(parsed)
  const { body } = parsed
  if (Array.isArray(body) && body.length === 0) return {}
  if (typeof body !== 'object' || body === null || Array.isArray(body)) throw unparsable()
  return body as Record<string, unknown>
}

interface Parsed {
  readonly body: unknown
  /** Whether a text in it may hold half of a surrogate pair: UTF-8 has none, but `\ud800` is one. */
  readonly maySplitPairs: boolean
}

function parse(bytes: Uint8Array): Parsed {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    return { body: JSON.parse(text), maySplitPairs: SURROGATE_ESCAPE.test(text) }
  } catch {
    throw unparsable()
  }
}

const SURROGATE_ESCAPE = /\\u[dD][89a-fA-F]/

/**
 * Half of a surrogate pair has no UTF-8 form: a database writes another character in its place, and
 * then does not find what it wrote.
 *
 * A list of what is still to look at instead of a recursion: the depth is the client's choice.
 */
function checkTree({ body, maySplitPairs }: Parsed): void {
  const pending: { readonly value: unknown; readonly depth: number }[] = [{ value: body, depth: 1 }]
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { value, depth } = next
    if (maySplitPairs && typeof value === 'string' && !value.isWellFormed()) throw unparsable()
    if (typeof value !== 'object' || value === null) continue
    if (depth > MAX_DEPTH) throw unparsable()
    const names = Array.isArray(value) ? [] : Object.keys(value)
    for (const name of names) checkName(name)
    if (maySplitPairs && !names.every((name) => name.isWellFormed())) throw unparsable()
    for (const inner of Object.values(value)) pending.push({ value: inner, depth: depth + 1 })
  }
}

function unparsable() {
  return refuse(400, 'Cannot parse JSON body')
}
