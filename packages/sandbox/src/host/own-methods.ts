import { types } from 'node:util'
import { expandReplacement } from './expand-replacement.ts'
import type { MeteredValues } from './metered-values.ts'
import { EACH, isPatternKey, KEYS } from './pattern-keys.ts'

type Native = (this: unknown, ...args: unknown[]) => unknown
type Add = (steps: number) => void

// The real ones: this module is loaded before intrinsics are guarded.
const { apply, deleteProperty, get, getPrototypeOf, ownKeys } = Reflect
const { isArray } = Array
const { create, defineProperty } = Object
const { floor, max, min } = Math
const { MAX_SAFE_INTEGER } = Number
const { isRegExp } = types
const RealWeakMap = WeakMap
const regExpPrototype = RegExp.prototype

/**
 * Methods written again, because what V8's own do cannot be told before they have done it: a few
 * small lists that hold each other are an output without end.
 *
 * @param original V8's, for the methods that still have it do the work
 */
export function createOwnMethods(
  add: Add,
  values: MeteredValues,
): ReadonlyMap<string, (original: Native) => Native> {
  const joining: object[] = []

  function join(this: unknown, separator: unknown): string {
    const list = objectOf(this)
    const between = separator === undefined ? ',' : `${separator as string}`
    // As V8 does it: a list inside itself is no text.
    if (joining.includes(list)) return ''
    const depth = joining.length
    joining[depth] = list
    try {
      return joinItems(list, between)
    } finally {
      joining.length = depth
    }
  }

  function joinItems(list: object, between: string): string {
    const length = lengthOf(list)
    let text = ''
    for (let i = 0; i < length; i++) {
      const item: unknown = get(list, i)
      const piece = item === undefined || item === null ? '' : `${item as string}`
      add(1 + piece.length + between.length)
      text += i === 0 ? piece : between + piece
    }
    return text
  }

  function flat(this: unknown, depth: unknown): unknown[] {
    const flattened: unknown[] = []
    const deepest = depth === undefined ? 1 : Number(depth)
    flatten(flattened, objectOf(this), deepest)
    return flattened
  }

  function flatten(flattened: unknown[], list: object, depth: number): void {
    const length = lengthOf(list)
    for (let i = 0; i < length; i++) {
      add(1)
      if (!(i in list)) continue
      const item: unknown = get(list, i)
      if (depth >= 1 && isArray(item)) flatten(flattened, item, depth - 1)
      else flattened.push(item)
    }
  }

  function flatMap(this: unknown, change: unknown, self: unknown): unknown[] {
    if (typeof change !== 'function') throw new TypeError('flatMap mapper function is not callable')
    const list = objectOf(this)
    const flattened: unknown[] = []
    const length = lengthOf(list)
    for (let i = 0; i < length; i++) {
      add(1)
      if (!(i in list)) continue
      const item: unknown = apply(change, self, [get(list, i), i, this])
      if (isArray(item)) flatten(flattened, item, 0)
      else flattened.push(item)
    }
    return flattened
  }

  function raw(template: unknown, ...substitutions: unknown[]): string {
    const literals = objectOf(get(objectOf(template), 'raw'))
    const length = lengthOf(literals)
    let text = ''
    for (let i = 0; i < length; i++) {
      const literal = `${get(literals, i) as string}`
      const isLast = i + 1 >= length || i >= substitutions.length
      const piece = isLast ? literal : literal + `${substitutions[i] as string}`
      add(1 + piece.length)
      text += piece
    }
    return text
  }

  /** V8 asks a replacer for each value, so that each is charged before it is written. */
  function stringify(original: Native): Native {
    return function stringify(value: unknown, replacer: unknown, space: unknown): unknown {
      const names = isArray(replacer) ? namesIn(replacer) : undefined
      const isIndented = space !== undefined && space !== null
      const depths = isIndented ? new RealWeakMap<object, number>() : undefined
      function charge(this: object, key: string, given: unknown): unknown {
        const asked = typeof replacer === 'function' ? apply(replacer, this, [key, given]) : given
        const written = names === undefined ? asked : pick(asked, names)
        add(1 + key.length + (typeof written === 'string' ? written.length : 0))
        if (depths !== undefined) add(10 * depthOf(depths, this, written))
        return written
      }
      const text = apply(original, JSON, [value, charge, space])
      if (typeof text === 'string') add(text.length)
      return text
    }
  }

  function namesIn(replacer: readonly unknown[]): string[] {
    const names: string[] = []
    for (let i = 0; i < replacer.length; i++) {
      add(1)
      const name = replacer[i]
      if (typeof name === 'string' || typeof name === 'number') names.push(`${name}`)
    }
    return names
  }

  function pick(value: unknown, names: readonly string[]): unknown {
    if (typeof value !== 'object' || value === null || isArray(value)) return value
    const picked = create(null) as object
    for (const name of names) {
      add(1)
      const held: unknown = get(value, name)
      if (held !== undefined) defineProperty(picked, name, { value: held, enumerable: true })
    }
    return picked
  }

  /** A replacement text is put together here, where each piece of it is charged. */
  function replace(original: Native): Native {
    return function replace(this: unknown, pattern: unknown, replacement: unknown): unknown {
      // Somebody's own `Symbol.replace` gets what was given.
      const isOwn = typeof pattern === 'object' && pattern !== null && !isPlainRegExp(pattern)
      if (isOwn || typeof replacement === 'function')
        return apply(original, this, [pattern, replacement])
      const template = `${replacement as string}`
      return apply(original, this, [pattern, expandReplacement(template, add)])
    }
  }

  const regExpMethod =
    (method: (original: Native) => Native) =>
    (original: Native): Native => {
      const made = method(original)
      return function (this: unknown, ...args: unknown[]): unknown {
        if (!isPlainRegExp(this)) throw new TypeError(`not a plain regular expression`)
        args[0] = `${args[0] as string}`
        return apply(made, this, args)
      }
    }

  function replaceBy(original: Native): Native {
    return function (this: unknown, text: unknown, replacement: unknown): unknown {
      const by =
        typeof replacement === 'function'
          ? replacement
          : expandReplacement(`${replacement as string}`, add)
      return apply(original, this, [text, by])
    }
  }

  const same = (original: Native): Native => original
  const iterate = (original: Native): Native =>
    function (this: unknown, ...args: unknown[]): unknown {
      return apply(original, values.iterator(this), args)
    }
  const withoutSecrets =
    (original: Native): Native =>
    (...args) =>
      hideKeys(apply(original, undefined, args) as object)
  return new Map<string, (original: Native) => Native>([
    ['Reflect.ownKeys', withoutSecrets],
    ['Object.getOwnPropertySymbols', withoutSecrets],
    ['Object.getOwnPropertyDescriptors', withoutSecrets],
    ['Array.prototype.join', () => join],
    ['Array.prototype.flat', () => flat],
    ['Array.prototype.flatMap', () => flatMap],
    ['String.raw', () => raw],
    ['JSON.stringify', stringify],
    ['String.prototype.replace', replace],
    ['String.prototype.replaceAll', replace],
    ['RegExp.prototype.[Symbol.replace]', regExpMethod(replaceBy)],
    ...['match', 'matchAll', 'search', 'split'].map(
      (name) => [`RegExp.prototype.[Symbol.${name}]`, regExpMethod(same)] as const,
    ),
    ...ITERATOR_METHODS.map((name) => [`Iterator.prototype.${name}`, iterate] as const),
  ])
}

const ITERATOR_METHODS = [
  ...['map', 'filter', 'take', 'drop', 'flatMap', 'reduce', 'toArray', 'forEach', 'some'],
  ...['every', 'find'],
]

function objectOf(value: unknown): object {
  if (value === undefined || value === null) throw new TypeError(`${value} is no object`)
  return Object(value) as object
}

/** As the language asks for a length. Whoever answers is charged, and so is each step up to it. */
function lengthOf(list: object): number {
  const length = Number(get(list, 'length'))
  return length > 0 ? min(floor(length), MAX_SAFE_INTEGER) : 0
}

/**
 * V8 calls `exec` of a regular expression until it answers null: one that a function put there
 * might never do so.
 */
function isPlainRegExp(value: unknown): value is RegExp {
  if (!isRegExp(value)) return false
  return getPrototypeOf(value) === regExpPrototype && ownKeys(value).length === 1
}

/** From a list of keys, or from an object that has them. */
function hideKeys(found: object): object {
  if (isArray(found)) {
    for (let i = found.length - 1; i >= 0; i--) if (isPatternKey(found[i])) found.splice(i, 1)
    return found
  }
  deleteProperty(found, EACH)
  deleteProperty(found, KEYS)
  return found
}

/** Lines of a nested value begin with so many steps of indentation. */
function depthOf(depths: WeakMap<object, number>, holder: object, value: unknown): number {
  const depth = (depths.get(holder) ?? 0) + 1
  const isHolder = typeof value === 'object' && value !== null
  if (isHolder) depths.set(value, max(depth, depths.get(value) ?? 0))
  return depth
}
