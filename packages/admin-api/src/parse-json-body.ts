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
  const body = parse(bytes)
  checkTree(body)
  if (Array.isArray(body) && body.length === 0) return {}
  if (typeof body !== 'object' || body === null || Array.isArray(body)) throw unparsable()
  return body as Record<string, unknown>
}

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    throw unparsable()
  }
}

/** A list of what is still to look at instead of a recursion: the depth is the client's choice. */
function checkTree(body: unknown): void {
  const pending: { readonly value: unknown; readonly depth: number }[] = [{ value: body, depth: 1 }]
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { value, depth } = next
    if (typeof value !== 'object' || value === null) continue
    if (depth > MAX_DEPTH) throw unparsable()
    if (!Array.isArray(value)) for (const name of Object.keys(value)) checkName(name)
    for (const inner of Object.values(value)) pending.push({ value: inner, depth: depth + 1 })
  }
}

function unparsable() {
  return refuse(400, 'Cannot parse JSON body')
}
