import { types } from 'node:util'
import type { MeteredValues } from './metered-values.ts'
import { EACH, KEYS } from './pattern-keys.ts'

/**
 * What the code of a function calls where its syntax makes V8 scan or grow something, in the order
 * of its parameters. `insertCharges` puts the calls there.
 */
export type SyntaxMeter = readonly [
  /** A turn of a loop, an entry of a function. */
  charge: () => void,
  /** The value of `a + b`, `a += b` and of a template: a text that may have grown. */
  grown: (value: unknown) => unknown,
  /** What `...` goes over in a list or in arguments. */
  each: (value: unknown) => unknown,
  /** What `...` copies in an object, and what `for (… in …)` lists. */
  keys: (value: unknown) => unknown,
  /** What is assigned to `length`. */
  length: (value: unknown) => unknown,
  /** The key of an assignment like `a[key] = 1`. */
  key: (value: unknown) => unknown,
  /** Keys of Object.prototype that patterns with a rest read: see `definePatternKeys`. */
  eachKey: symbol,
  keysKey: symbol,
]

type Add = (steps: number) => void

/** From so many characters on a text that grows is charged as if much of it were copied. */
const LONG_TEXT = 1_048_576
/** Making memory for a list of unknown length. */
const UNKNOWN_LENGTH = 65_536

const { getPrototypeOf, ownKeys } = Reflect
const { isArray } = Array
const { isProxy } = types
const { defineProperty } = Object
const OBJECT = Object.prototype

export function createSyntaxMeter(
  charge: () => void,
  add: Add,
  { iterable }: MeteredValues,
): SyntaxMeter {
  /**
   * V8 puts texts together only when they are read, so that a text which grows by little is
   * charged little, and one that doubles is stopped before it fills the memory.
   */
  function grown(value: unknown): unknown {
    if (typeof value !== 'string') return value
    const { length } = value
    if (length >= LONG_TEXT) add(length >>> 3)
    else if (length >= 1_024) add(length >>> 10)
    return value
  }

  function keys(value: unknown): unknown {
    if (typeof value === 'string') add(value.length)
    else if (isObject(value) && !isProxy(value))
      add(isArray(value) ? value.length : countKeys(value))
    return value
  }

  function length(value: unknown): unknown {
    if (typeof value === 'number' && value > 0) add(value)
    else if (isObject(value) || typeof value === 'string') add(UNKNOWN_LENGTH)
    return value
  }

  function key(value: unknown): unknown {
    if (typeof value === 'number' || typeof value === 'symbol') return value
    // Made a text once and here, or it could be another one when V8 asks.
    const name = typeof value === 'string' ? value : keyOf(value)
    if (name === 'length') add(UNKNOWN_LENGTH)
    return name
  }

  return [charge, grown, iterable, keys, length, key, EACH, KEYS]
}

/**
 * Puts two accessors on Object.prototype. A pattern cannot call anything with the value it takes
 * apart, but it can read a property of it: `[...rest]` is compiled to `{ [EACH]: [...rest] }`, and
 * `{ ...rest }` to `{ [KEYS]: {} = 0, ...rest }`.
 */
export function definePatternKeys([, , each, keys]: SyntaxMeter): void {
  defineProperty(Object.prototype, EACH, {
    get(this: unknown) {
      return each(this)
    },
    configurable: true,
  })
  defineProperty(Object.prototype, KEYS, {
    get(this: unknown) {
      return keys(this)
    },
    configurable: true,
  })
}

/** Along the prototypes, as a loop over keys goes, to those that everything has. */
function countKeys(value: object): number {
  let count = 0
  for (let at: object | null = value; at !== null && at !== OBJECT; at = getPrototypeOf(at)) {
    if (isProxy(at)) break
    count += ownKeys(at).length
  }
  return count
}

function keyOf(value: unknown): unknown {
  // As the language makes a key: an object is asked for its text, and may answer a symbol.
  return ownKeys({ [value as string]: 0 })[0]
}

function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function'
}
