import { types } from 'node:util'
import { type MeteredValues, sizeOf } from './metered-values.ts'

/** What a call of an intrinsic is charged, in steps: about one for each value or character. */
export interface Cost {
  /**
   * Puts safer values in the place of `this` (answered) and of arguments: what is a number or a
   * text only when it is asked, and could then be another one.
   */
  prepare?(self: unknown, args: unknown[], values: MeteredValues): unknown
  /** Before it runs: what it will scan, and what it will make where that can be told. */
  before(self: unknown, args: readonly unknown[]): number
  /** Where it begins, for those that keep a place of their own. */
  start?(self: unknown): number
  /** After it has run: what it made, or how far it went. */
  after(self: unknown, args: readonly unknown[], result: unknown, start: number): number
}

/**
 * The cost of the intrinsic of a path, `Array.prototype.map`. Those that are not in the table cost
 * what goes in and what comes out.
 */
export function costOf(path: string): Cost {
  const cost = COSTS.get(path) ?? (CONSTANT.has(path) ? constantCost : defaultCost)
  const prepare = cost.prepare ?? PREPARED_BY_HOLDER.find(([start]) => path.startsWith(start))?.[1]
  return prepare === undefined ? cost : { ...cost, prepare }
}

// The real ones: this module is loaded before intrinsics are guarded.
const { getOwnPropertyDescriptor, ownKeys } = Reflect
const { isArray } = Array
const { isMap, isProxy, isRegExp, isSet } = types
const { ceil, log2, max, min } = Math
const { MAX_SAFE_INTEGER } = Number

const defaultCost: Cost = {
  before(self, args) {
    let steps = 1 + weigh(self) + args.length
    for (let i = 0; i < args.length; i++) steps += weigh(args[i])
    return steps
  },
  after: (_self, _args, result) => weigh(result),
}

/** A long key is hashed once. */
const constantCost: Cost = {
  before: (_self, args) => (typeof args[0] === 'string' ? 1 + args[0].length : 1),
  after: () => 0,
}

const MAP_METHODS = ['get', 'set', 'has', 'add', 'delete', 'keys', 'entries', 'clear']

/**
 * Work that does not grow with what it is done on. Without this table a loop that fills a list
 * would be charged for the whole list at each `push`.
 */
const CONSTANT = new Set<string>([
  ...['push', 'pop', 'at', 'keys', 'entries', 'toString'].map((name) => `Array.prototype.${name}`),
  ...['Map', 'Set', 'WeakMap', 'WeakSet'].flatMap((holder) =>
    MAP_METHODS.map((name) => `${holder}.prototype.${name}`),
  ),
  ...['at', 'charAt', 'charCodeAt', 'codePointAt', 'startsWith', 'endsWith', 'toString'].map(
    (name) => `String.prototype.${name}`,
  ),
  ...['hasOwnProperty', 'isPrototypeOf', 'propertyIsEnumerable', 'toString'].map(
    (name) => `Object.prototype.${name}`,
  ),
  ...['Reflect.get', 'Reflect.has', 'Reflect.deleteProperty', 'Symbol.for', 'Symbol.keyFor'],
])

/** Cuts a piece out: only the piece is new. Of an object that is no list, all is gone over. */
const pieceCost: Cost = {
  before(self, [from, to]) {
    const size = weigh(self)
    if (typeof self === 'string') return 1
    const first = placeIn(size, from, 0)
    return 1 + max(0, placeIn(size, to, size) - first)
  },
  after: (self, _args, result) => (typeof self === 'string' ? weigh(result) : 0),
}

function placeIn(size: number, at: unknown, otherwise: number): number {
  if (at === undefined) return otherwise
  if (typeof at !== 'number') return otherwise === 0 ? 0 : size
  return at < 0 ? max(0, size + at) : min(at, size)
}

/** Searches from a place to the next find: a loop over all finds goes over the text once. */
const searchCost: Cost = {
  before: (self) => (typeof self === 'string' || isArray(self) ? 1 : 1 + weigh(self)),
  after(self, args, result) {
    const from = toSize(args[1])
    const to = typeof result === 'number' && result >= 0 ? result : weigh(self)
    return max(0, to - from)
  },
}

/** V8 compares at each place from the start of what it looks for. */
const lastIndexOfCost: Cost = {
  ...defaultCost,
  before: (self, args) => 1 + weigh(self) * max(1, weigh(args[0]) / 16),
}

/** The same for a regular expression that keeps its place, which the others do not. */
const matchCost: Cost = {
  prepare(self, args) {
    args[0] = `${args[0] as string}`
    return self
  },
  before: () => 1,
  start: lastIndexOf,
  after(self, args, _result, start) {
    const end = lastIndexOf(self)
    return end > start ? end - start : weigh(args[0])
  },
}

const sortCost: Cost = {
  ...defaultCost,
  before: (self) => 1 + weigh(self) * max(1, ceil(log2(weigh(self) + 1))),
}

/** V8 moves the rest of a list that is longer than what it can cut the head off. */
const shiftCost: Cost = {
  before: (self) =>
    weigh(self) > 16_000 ? 1 + weigh(self) / 16 : 1 + (isArray(self) ? 0 : weigh(self)),
  after: () => 0,
}

/** Goes over the properties of its arguments. */
const keysCost: Cost = {
  before(_self, args) {
    let steps = 1
    for (let i = 0; i < args.length; i++) steps += countKeys(args[i])
    return steps
  },
  after: (_self, _args, result) => weigh(result),
}

/** Gives a property a value: that named `length` can make memory for a whole list. */
const assignCost: Cost = {
  prepare(self, args) {
    // As the language makes a key: an object is asked for it once, here.
    if (isObject(args[1])) args[1] = ownKeys({ [args[1] as unknown as string]: 0 })[0]
    return self
  },
  before: (_self, [, key, value]) => (key === 'length' ? 1 + lengthIn(value) : 1),
  after: () => 0,
}

function lengthIn(value: unknown): number {
  if (typeof value === 'number') return toSize(value)
  const held: unknown =
    isObject(value) && !isProxy(value) ? getOwnPropertyDescriptor(value, 'value')?.value : value
  return typeof held === 'number' ? toSize(held) : UNKNOWN_LENGTH
}

const UNKNOWN_LENGTH = 65_536

/** Adds what is made to what goes in. */
function growing(made: (self: unknown, args: readonly unknown[]) => number): Cost {
  return {
    ...defaultCost,
    before: (self, args) => defaultCost.before(self, args) + made(self, args),
  }
}

/** A text that is to be so long, or so many times as long. */
function growingText(made: (self: unknown, args: readonly unknown[]) => number): Cost {
  return {
    ...growing(made),
    prepare(self, args, values) {
      args[0] = Number(args[0])
      if (args[1] !== undefined) args[1] = `${args[1] as string}`
      return textPrepared(self, args, values)
    },
  }
}

function textPrepared(self: unknown, _args: unknown[], _values: MeteredValues): unknown {
  return self === undefined || self === null ? self : `${self as string}`
}

function listPrepared(self: unknown, _args: unknown[], values: MeteredValues): unknown {
  return values.list(self)
}

/** Takes something to loop over as its first argument. */
const iterating: Cost = {
  ...defaultCost,
  prepare(self, args, values) {
    args[0] = values.list(values.iterable(args[0]))
    return self
  },
}

/** `keys` of the other one is looped over, and `has` asked for each entry of this one. */
const setCost: Cost = {
  ...defaultCost,
  prepare(self, args, values) {
    const other = args[0]
    if (!isObject(other) || (sizeOf(other) !== undefined && ownKeys(other).length === 0))
      return self
    const { size, has, keys } = other as { readonly [key: string]: unknown }
    args[0] = {
      size,
      has,
      keys: typeof keys === 'function' ? () => values.iterator(keys.call(other)) : keys,
    }
    if (typeof has === 'function')
      Object.assign(args[0] as object, { has: (item: unknown): unknown => has.call(other, item) })
    return self
  },
}

/** Each argument that is no list may be taken for one. */
const concatCost: Cost = {
  ...defaultCost,
  prepare(self, args, values) {
    for (let i = 0; i < args.length; i++) {
      if (isObject(args[i]) && Symbol.isConcatSpreadable in (args[i] as object))
        args[i] = values.list(args[i])
    }
    return values.list(self)
  },
}

const applyCost: Cost = {
  ...defaultCost,
  prepare(self, args, values) {
    const last = args.length - 1
    if (last >= 1) args[last] = values.list(args[last])
    return self
  },
}

/** A step for everything that is asked of the Proxy. */
const handlerCost: Cost = {
  prepare(self, args, values) {
    args[1] = values.handler(args[1])
    return self
  },
  before: () => 1,
  after: () => 0,
}

const PREPARED_BY_HOLDER: readonly (readonly [string, Cost['prepare']])[] = [
  ['Array.prototype.', listPrepared],
  ['String.prototype.toString', undefined],
  ['String.prototype.', textPrepared],
]

const SET_METHODS = [
  ...['union', 'intersection', 'difference', 'symmetricDifference', 'isSubsetOf'],
  ...['isSupersetOf', 'isDisjointFrom'],
]

const KEYED = [
  ...['keys', 'values', 'entries', 'assign', 'getOwnPropertyNames', 'getOwnPropertySymbols'],
  ...['getOwnPropertyDescriptors', 'freeze', 'isFrozen', 'seal', 'isSealed', 'defineProperties'],
  ...['create', 'preventExtensions'],
]

const ITERATING = [
  ...['Array.from', 'Object.fromEntries', 'Object.groupBy', 'Map.groupBy', 'Promise.all'],
  ...['Promise.allSettled', 'Promise.any', 'Promise.race', 'Map', 'Set', 'WeakMap', 'WeakSet'],
  'AggregateError',
]

const COSTS = new Map<string, Cost>([
  ['Array.prototype.slice', pieceCost],
  ['String.prototype.slice', pieceCost],
  ['String.prototype.substring', pieceCost],
  ['String.prototype.substr', pieceCost],
  ['Array.prototype.indexOf', searchCost],
  ['String.prototype.indexOf', searchCost],
  ['String.prototype.lastIndexOf', lastIndexOfCost],
  ['RegExp.prototype.exec', matchCost],
  ['RegExp.prototype.test', matchCost],
  ['Array.prototype.sort', sortCost],
  ['Array.prototype.toSorted', sortCost],
  ['Array.prototype.shift', shiftCost],
  ['Array.prototype.concat', concatCost],
  ['Proxy', handlerCost],
  ['Proxy.revocable', handlerCost],
  ['Array', growing((_self, args) => (args.length === 1 ? toSize(args[0]) : 0))],
  ['String.prototype.repeat', growingText((self, [times]) => weigh(self) * toSize(times))],
  ['String.prototype.padStart', growingText((_self, [length]) => toSize(length))],
  ['String.prototype.padEnd', growingText((_self, [length]) => toSize(length))],
  ['Reflect.set', assignCost],
  ['Reflect.defineProperty', assignCost],
  ['Object.defineProperty', assignCost],
  ['Reflect.ownKeys', keysCost],
  ['Reflect.apply', applyCost],
  ['Reflect.construct', { ...applyCost, prepare: constructPrepared }],
  ['Function.prototype.apply', applyCost],
  ...KEYED.map((name) => [`Object.${name}`, keysCost] as const),
  ...ITERATING.map((path) => [path, iterating] as const),
  ...SET_METHODS.map((name) => [`Set.prototype.${name}`, setCost] as const),
])

function constructPrepared(self: unknown, args: unknown[], values: MeteredValues): unknown {
  args[1] = values.list(args[1])
  return self
}

/** How much there is to scan in a value. A getter named `length` is not called. */
function weigh(value: unknown): number {
  if (typeof value === 'string') return value.length
  if (typeof value !== 'object' || value === null) return 0
  // Whatever is asked of it is charged by its handler.
  if (isProxy(value)) return 1
  if (isArray(value)) return value.length
  if (isMap(value) || isSet(value)) return sizeOf(value) as number
  return toSize(getOwnPropertyDescriptor(value, 'length')?.value)
}

function countKeys(value: unknown): number {
  if (typeof value === 'string') return value.length
  if (!isObject(value) || isProxy(value)) return 1
  return isArray(value) ? value.length : ownKeys(value).length
}

function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function'
}

function toSize(value: unknown): number {
  return typeof value === 'number' && value > 0 ? min(value, MAX_SAFE_INTEGER) : 0
}

/** Of a regular expression it is a value and no getter, whatever a function has done to it. */
function lastIndexOf(self: unknown): number {
  return isRegExp(self) ? toSize(self.lastIndex) : 0
}
