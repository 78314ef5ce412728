/** Whether two values are the same JSON data; the order of keys does not count, bytes compare as bytes. */
export function isSameData(left: unknown, right: unknown): boolean {
  if (left === right) return true
  if (typeof left !== 'object' || typeof right !== 'object') return left !== left && right !== right
  if (left === null || right === null) return false
  if (left instanceof Uint8Array || right instanceof Uint8Array) return isSameBytes(left, right)
  if (Array.isArray(left) !== Array.isArray(right)) return false
  return isSameObject(left as Data, right as Data)
}

type Data = Readonly<Record<string, unknown>>

function isSameBytes(left: object, right: object): boolean {
  if (!(left instanceof Uint8Array) || !(right instanceof Uint8Array)) return false
  return left.length === right.length && left.every((byte, at) => byte === right[at])
}

function isSameObject(left: Data, right: Data): boolean {
  const keys = Object.keys(left)
  if (keys.length !== Object.keys(right).length) return false
  for (const key of keys) {
    if (!Object.hasOwn(right, key) || !isSameData(left[key], right[key])) return false
  }
  return true
}
