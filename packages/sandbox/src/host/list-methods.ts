import { types } from 'node:util'

type Native = (this: unknown, ...args: unknown[]) => unknown
type Add = (steps: number) => void
type List = readonly unknown[]

// The real ones: this module is loaded before intrinsics are guarded.
const { apply, deleteProperty, getPrototypeOf } = Reflect
const { isArray } = Array
const { hasOwn } = Object
const { floor, max, min, trunc } = Math
const { MAX_SAFE_INTEGER } = Number
const { isProxy } = types
const RealArray = Array
const LIST = Array.prototype
const { fill, push } = LIST

/** Methods of lists, by path, each made of V8's own. */
export function createListMethods(add: Add): readonly [string, (original: Native) => Native][] {
  return [
    ['Array.prototype.join', () => joinWith(add)],
    ['Array.prototype.flat', () => flatWith(add)],
    ['Array.prototype.flatMap', () => flatMapWith(add)],
    ['Array.prototype.map', map],
    ['Array.prototype.filter', filter],
    ['Array.prototype.slice', slice],
  ]
}

function joinWith(add: Add): Native {
  let innermost: Joining | undefined

  return function join(this: unknown, separator: unknown): string {
    const list = objectOf(this)
    const between = separator === undefined ? ',' : `${separator as string}`
    const outer = innermost
    // As V8 does it: a list inside itself is no text.
    for (let at = outer; at !== undefined; at = at.outer) if (at.list === list) return ''
    innermost = { list, outer }
    try {
      return joinItems(list, between)
    } finally {
      innermost = outer
    }
  }

  function joinItems(list: List, between: string): string {
    const length = lengthOf(list)
    let text = ''
    for (let i = 0; i < length; i++) {
      const item: unknown = list[i]
      const piece = item === undefined || item === null ? '' : `${item as string}`
      add(1 + piece.length + between.length)
      text += i === 0 ? piece : between + piece
    }
    return text
  }
}

/** A list that is being joined, inside of another one. */
interface Joining {
  readonly list: List
  readonly outer: Joining | undefined
}

function flatWith(add: Add): Native {
  return function flat(this: unknown, depth: unknown): unknown[] {
    const flattened: unknown[] = []
    const deepest = depth === undefined ? 1 : Number(depth)
    flatten(flattened, objectOf(this), deepest, add)
    return flattened
  }
}

function flatten(flattened: unknown[], list: List, depth: number, add: Add): void {
  const length = lengthOf(list)
  for (let i = 0; i < length; i++) {
    add(1)
    if (!(i in list)) continue
    const item: unknown = list[i]
    if (depth >= 1 && isArray(item)) flatten(flattened, item, depth - 1, add)
    else apply(push, flattened, [item])
  }
}

function flatMapWith(add: Add): Native {
  return function flatMap(this: unknown, change: unknown, self: unknown): unknown[] {
    if (typeof change !== 'function') throw new TypeError('flatMap mapper function is not callable')
    const list = objectOf(this)
    const flattened: unknown[] = []
    const length = lengthOf(list)
    for (let i = 0; i < length; i++) {
      add(1)
      if (!(i in list)) continue
      const item: unknown = call(change, self, [list[i], i, this])
      if (isArray(item)) flatten(flattened, item, 0, add)
      else apply(push, flattened, [item])
    }
    return flattened
  }
}

/*
 * V8 makes a new list quickly only while `Array.prototype.constructor` is its own, and here it is a
 * guard. So those that make one are written again for lists that nobody has changed; they are
 * charged by their guards, as V8's are.
 */

function map(original: Native): Native {
  return function map(this: unknown, change: unknown, self: unknown): unknown {
    if (!isPlainList(this) || typeof change !== 'function') {
      return apply(original, this, [change, self])
    }
    const { length } = this
    const mapped = filled(length)
    for (let i = 0; i < length; i++) {
      const item = this[i]
      if (item !== undefined || i in this) mapped[i] = call(change, self, [item, i, this])
      else deleteProperty(mapped, i)
    }
    return mapped
  }
}

function filter(original: Native): Native {
  return function filter(this: unknown, test: unknown, self: unknown): unknown {
    if (!isPlainList(this) || typeof test !== 'function') {
      return apply(original, this, [test, self])
    }
    const { length } = this
    const kept = filled(length)
    let count = 0
    for (let i = 0; i < length; i++) {
      const item = this[i]
      if (item === undefined && !(i in this)) continue
      if (call(test, self, [item, i, this]) as boolean) kept[count++] = item
    }
    kept.length = count
    return kept
  }
}

function slice(original: Native): Native {
  return function slice(this: unknown, from: unknown, to: unknown): unknown {
    if (!isPlainList(this) || !isPlace(from) || !isPlace(to)) {
      return apply(original, this, [from, to])
    }
    const { length } = this
    const first = placeIn(length, from ?? 0)
    const count = max(0, placeIn(length, to ?? length) - first)
    const piece = filled(count)
    for (let i = 0; i < count; i++) {
      const item = this[first + i]
      if (item !== undefined || first + i in this) piece[i] = item
      else deleteProperty(piece, i)
    }
    return piece
  }
}

/** A call with no `this` is ten times as quick as one by `apply`. */
function call(
  callback: CallableFunction,
  self: unknown,
  [item, index, list]: readonly [unknown, number, unknown],
): unknown {
  if (self !== undefined) return apply(callback, self, [item, index, list])
  return (callback as (item: unknown, index: number, list: unknown) => unknown)(item, index, list)
}

/** V8 writes a new place of a list slowly, because the prototype is frozen, and an old one quickly. */
function filled(length: number): unknown[] {
  return apply(fill, new RealArray<unknown>(length), [undefined]) as unknown[]
}

/** Whose methods make lists of V8's own kind, and whose length was paid for. */
function isPlainList(value: unknown): value is List {
  if (!isArray(value) || isProxy(value)) return false
  return getPrototypeOf(value) === LIST && !hasOwn(value, 'constructor')
}

function isPlace(value: unknown): value is number | undefined {
  return value === undefined || typeof value === 'number'
}

function placeIn(length: number, place: number): number {
  const whole = trunc(place) || 0
  return whole < 0 ? max(0, length + whole) : min(whole, length)
}

/** Whatever it is, its methods go over it as over a list. */
export function objectOf(value: unknown): List {
  if (value === undefined || value === null) throw new TypeError(`${value} is no object`)
  return Object(value) as List
}

/** As the language asks for a length. Whoever answers is charged, and so is each step up to it. */
export function lengthOf(list: object): number {
  const length = Number((list as { readonly length?: unknown }).length)
  return length > 0 ? min(floor(length), MAX_SAFE_INTEGER) : 0
}
