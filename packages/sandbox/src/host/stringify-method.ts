type Native = (this: unknown, ...args: unknown[]) => unknown
type Add = (steps: number) => void

// The real ones: this module is loaded before intrinsics are guarded.
const { apply, get } = Reflect
const { isArray } = Array
const { create, defineProperty } = Object
const { max } = Math
const RealWeakMap = WeakMap

/**
 * `JSON.stringify`. V8 asks a replacer for each value, so that each is charged before it is written.
 */
export function createStringify(add: Add): (original: Native) => Native {
  return (original) =>
    function stringify(value: unknown, replacer: unknown, space: unknown): unknown {
      const names = isArray(replacer) ? namesIn(replacer, add) : undefined
      const isIndented = space !== undefined && space !== null
      const depths = isIndented ? new RealWeakMap<object, number>() : undefined
      function charge(this: object, key: string, given: unknown): unknown {
        const asked = typeof replacer === 'function' ? apply(replacer, this, [key, given]) : given
        const written = names === undefined ? asked : pick(asked, names, add)
        add(1 + key.length + (typeof written === 'string' ? written.length : 0))
        if (depths !== undefined) add(10 * depthOf(depths, this, written))
        return written
      }
      const text = apply(original, JSON, [value, charge, space])
      if (typeof text === 'string') add(text.length)
      return text
    }
}

function namesIn(replacer: readonly unknown[], add: Add): string[] {
  const names: string[] = []
  for (let i = 0; i < replacer.length; i++) {
    add(1)
    const name = replacer[i]
    if (typeof name === 'string' || typeof name === 'number') names[names.length] = `${name}`
  }
  return names
}

function pick(value: unknown, names: readonly string[], add: Add): unknown {
  if (typeof value !== 'object' || value === null || isArray(value)) return value
  const picked = create(null) as object
  for (const name of names) {
    add(1)
    const held: unknown = get(value, name)
    if (held !== undefined) defineProperty(picked, name, { value: held, enumerable: true })
  }
  return picked
}

/** Lines of a nested value begin with so many steps of indentation. */
function depthOf(depths: WeakMap<object, number>, holder: object, value: unknown): number {
  const depth = (depths.get(holder) ?? 0) + 1
  const isHolder = typeof value === 'object' && value !== null
  if (isHolder) depths.set(value, max(depth, depths.get(value) ?? 0))
  return depth
}
