import { types } from 'node:util'

/** What a call of an intrinsic is charged, in steps: about one for each value or character. */
export interface Cost {
  /** Before it runs: what it will scan, and what it will make where that can be told. */
  before(self: unknown, args: readonly unknown[]): number
  /** Where it begins, for those that keep a place of their own. */
  start?(self: unknown): number
  /** After it has run: what it made, or how far it went. */
  after(self: unknown, args: readonly unknown[], result: unknown, start: number): number
}

/** The cost of the intrinsic of a name. Those that are not in the table cost what goes in and out. */
export function costOf(name: string): Cost {
  return COSTS.get(name) ?? (CONSTANT.has(name) ? constantCost : defaultCost)
}

// The real ones: this module is loaded before intrinsics are guarded.
const { getOwnPropertyDescriptor } = Reflect
const { isArray } = Array
const { isProxy } = types
const { max, min } = Math
const { MAX_SAFE_INTEGER } = Number

const defaultCost: Cost = {
  before(self, args) {
    let steps = 1 + weigh(self)
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

/**
 * Work that does not grow with what it is done on. Without this table a loop that fills a list
 * would be charged for the whole list at each `push`.
 */
const CONSTANT = new Set<string>([
  ...['push', 'pop', 'shift', 'at', 'keys', 'entries', 'with'],
  ...['get', 'set', 'has', 'add', 'delete'],
  ...['charAt', 'charCodeAt', 'codePointAt', 'startsWith', 'endsWith', 'toString'],
  ...['hasOwnProperty', 'isPrototypeOf', 'propertyIsEnumerable', 'for', 'keyFor'],
])

/** Cuts a piece out: only the piece is new. */
const pieceCost: Cost = { before: () => 1, after: defaultCost.after }

/** Searches from a place to the next find: a loop over all finds goes over the text once. */
const searchCost: Cost = {
  before: () => 1,
  after(self, args, result) {
    const from = toSize(args[1])
    const to = typeof result === 'number' && result >= 0 ? result : weigh(self)
    return max(0, to - from)
  },
}

/** The same for a regular expression that keeps its place, which the others do not. */
const matchCost: Cost = {
  before: () => 1,
  start: lastIndexOf,
  after(self, args, _result, start) {
    const end = lastIndexOf(self)
    return end > start ? end - start : weigh(args[0])
  },
}

/** Adds what is made to what goes in. */
function growing(made: (self: unknown, args: readonly unknown[]) => number): Cost {
  return {
    ...defaultCost,
    before: (self, args) => defaultCost.before(self, args) + made(self, args),
  }
}

const COSTS = new Map<string, Cost>([
  ['slice', pieceCost],
  ['substring', pieceCost],
  ['substr', pieceCost],
  ['indexOf', searchCost],
  ['exec', matchCost],
  ['test', matchCost],
  ['repeat', growing((self, [times]) => weigh(self) * toSize(times))],
  ['padStart', growing((_self, [length]) => toSize(length))],
  ['padEnd', growing((_self, [length]) => toSize(length))],
  ['join', growing((self, [separator]) => weigh(self) * weigh(separator))],
])

/** How much there is to scan in a value. A getter named `length` is not called. */
function weigh(value: unknown): number {
  if (typeof value === 'string') return value.length
  if (typeof value !== 'object' || value === null) return 0
  // Behind a proxy there may be anything; its traps, if it has any, are charged by themselves.
  if (isProxy(value)) return 1_000
  return isArray(value) ? value.length : toSize(getOwnPropertyDescriptor(value, 'length')?.value)
}

function toSize(value: unknown): number {
  return typeof value === 'number' && value > 0 ? min(value, MAX_SAFE_INTEGER) : 0
}

function lastIndexOf(self: unknown): number {
  if (typeof self !== 'object' || self === null || isProxy(self)) return 0
  return toSize(getOwnPropertyDescriptor(self, 'lastIndex')?.value)
}
