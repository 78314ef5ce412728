/** What can go into a function and come out of it: JSON, and bytes. */
export type PlainData =
  | undefined
  | null
  | boolean
  | number
  | string
  | Uint8Array
  | readonly PlainData[]
  | { readonly [key: string]: PlainData }

/** Deeper values of the gateway are cut: nothing that Kong documents is nested as deep. */
const MAX_DEPTH = 32

/**
 * A value of the gateway as data: bytes, text, numbers, booleans, lists, plain objects. Functions
 * and whatever else the host has become undefined, so that nothing of it can be reached.
 */
export function plainData(value: unknown, depth: number = 0): PlainData {
  if (typeof value === 'string' || typeof value === 'number') return value
  if (typeof value === 'boolean' || value === null) return value
  if (typeof value === 'bigint') return Number(value)
  return typeof value === 'object' ? plainObject(value, depth) : undefined
}

function plainObject(value: object, depth: number): PlainData {
  if (value instanceof Uint8Array) return value
  if (depth >= MAX_DEPTH) return undefined
  if (Array.isArray(value)) return value.map((one) => plainData(one, depth + 1))
  const entries = Object.entries(value).map(
    ([key, one]) => [key, plainData(one, depth + 1)] as const,
  )
  return Object.fromEntries(entries.filter(([, one]) => one !== undefined))
}
