import { types } from 'node:util'
import { isPatternKey } from './pattern-keys.ts'

/** Stands in for values of functions that V8 would go through without end, and charges each step. */
export interface MeteredValues {
  /** What V8 may loop over by the protocol of iterators: spread, `new Map`, `Array.from`. */
  iterable(value: unknown): unknown
  /** An iterator of which V8 calls `next` again and again: `Iterator.prototype.toArray`. */
  iterator(value: unknown): unknown
  /** What V8 goes over from 0 to `length`: methods of lists on objects that are none. */
  list(value: unknown): unknown
  /** A handler for a Proxy, each of whose traps is charged. */
  handler(handler: unknown): unknown
}

type Add = (steps: number) => void
type Callable = (this: unknown, ...args: unknown[]) => unknown
type Key = string | symbol

// The real ones: this module is loaded before intrinsics are guarded.
const { apply, get, set, has, deleteProperty, defineProperty, getPrototypeOf, ownKeys } = Reflect
const { getOwnPropertyDescriptor, setPrototypeOf, isExtensible, preventExtensions, construct } =
  Reflect
const { isArray } = Array
const { hasOwn } = Object
const { isMap, isProxy, isSet } = types
const RealProxy = Proxy
const { iterator: ITERATOR } = Symbol
const LIST = Array.prototype
const MAP = Map.prototype
const SET = Set.prototype
const sizeOfMap = getOwnPropertyDescriptor(Map.prototype, 'size')?.get as Callable
const sizeOfSet = getOwnPropertyDescriptor(Set.prototype, 'size')?.get as Callable

/** How many entries a real Map or Set has, or undefined for anything else. Runs nothing. */
export function sizeOf(value: unknown): number | undefined {
  if (isMap(value)) return apply(sizeOfMap, value, []) as number
  if (isSet(value)) return apply(sizeOfSet, value, []) as number
  return undefined
}

export function createMeteredValues(add: Add): MeteredValues {
  return {
    iterable: (value) => meteredIterable(value, add),
    iterator: (value) => meteredIterator(value, add),
    list: (value) => meteredList(value, add),
    handler: (given) => (isObject(given) ? new MeteredHandler(add, given) : given),
  }
}

function meteredIterable(value: unknown, add: Add): unknown {
  const size = knownSize(value)
  if (size !== undefined) {
    add(size)
    return value
  }
  if (!isObject(value)) return value
  const method: unknown = get(value, ITERATOR)
  // None: V8 says so, or takes it for something with a length.
  if (method === undefined || method === null) return value
  return { [ITERATOR]: () => meteredIterator(apply(method as Callable, value, []), add) }
}

/** Of what V8 goes over without running anything of the function. */
function knownSize(value: unknown): number | undefined {
  if (typeof value === 'string') return value.length
  if (!isObject(value)) return undefined
  const size = isArray(value) ? lengthOf(value) : sizeOf(value)
  return size !== undefined && isPlain(value) ? size : undefined
}

function meteredIterator(value: unknown, add: Add): unknown {
  if (!isObject(value)) return value
  const next: unknown = get(value, 'next')
  return {
    next(...args: unknown[]) {
      add(1)
      return apply(next as Callable, value, args)
    },
    return(...args: unknown[]) {
      const end: unknown = get(value, 'return')
      const isMissing = end === undefined || end === null
      return isMissing ? { done: true, value: undefined } : apply(end as Callable, value, args)
    },
  }
}

function meteredList(value: unknown, add: Add): unknown {
  // A Proxy has a handler of ours already.
  if (!isObject(value) || isArray(value) || isProxy(value)) return value
  const length: unknown = getOwnPropertyDescriptor(value, 'length')?.value
  // Otherwise it could answer another length when V8 asks for it.
  return typeof length === 'number'
    ? value
    : new RealProxy(value, asHandler(new MeteredHandler(add, {})))
}

function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function'
}

/** Whether it has the iterator of its kind. Intrinsics are frozen. */
function isPlain(value: object): boolean {
  if (isProxy(value)) return false
  const prototype = getPrototypeOf(value)
  if (prototype !== LIST && prototype !== MAP && prototype !== SET) return false
  return !hasOwn(value, ITERATOR)
}

function lengthOf(value: object): number {
  return isProxy(value) ? 1 : (value as readonly unknown[]).length
}

/** The answers of its traps are checked by V8. */
function asHandler(handler: MeteredHandler): ProxyHandler<object> {
  return handler as unknown as ProxyHandler<object>
}

/** Charges a step for everything that is asked of a Proxy, and then asks the function's handler. */
class MeteredHandler {
  readonly #add: Add
  readonly #handler: object

  constructor(add: Add, handler: object) {
    this.#add = add
    this.#handler = handler
  }

  get(...args: [object, Key, unknown]): unknown {
    return this.#ask('get', get as Callable, args)
  }

  set(...args: [object, Key, unknown, unknown]): unknown {
    return this.#ask('set', set as Callable, args)
  }

  has(...args: [object, Key]): unknown {
    return this.#ask('has', has as Callable, args)
  }

  deleteProperty(...args: [object, Key]): unknown {
    return this.#ask('deleteProperty', deleteProperty as Callable, args)
  }

  defineProperty(...args: [object, Key, PropertyDescriptor]): unknown {
    return this.#ask('defineProperty', defineProperty as Callable, args)
  }

  getOwnPropertyDescriptor(...args: [object, Key]): unknown {
    return this.#ask('getOwnPropertyDescriptor', getOwnPropertyDescriptor as Callable, args)
  }

  getPrototypeOf(...args: [object]): unknown {
    return this.#ask('getPrototypeOf', getPrototypeOf as Callable, args)
  }

  setPrototypeOf(...args: [object, object | null]): unknown {
    return this.#ask('setPrototypeOf', setPrototypeOf as Callable, args)
  }

  isExtensible(...args: [object]): unknown {
    return this.#ask('isExtensible', isExtensible as Callable, args)
  }

  preventExtensions(...args: [object]): unknown {
    return this.#ask('preventExtensions', preventExtensions as Callable, args)
  }

  ownKeys(...args: [object]): unknown {
    const keys = this.#ask('ownKeys', ownKeys as Callable, args)
    if (isArray(keys)) this.#add(lengthOf(keys))
    return keys
  }

  apply(...args: [object, unknown, unknown[]]): unknown {
    return this.#ask('apply', apply as Callable, args)
  }

  construct(...args: [object, unknown[], object]): unknown {
    return this.#ask('construct', construct as Callable, args)
  }

  #ask(name: string, otherwise: Callable, args: unknown[]): unknown {
    this.#add(1)
    // A secret of ours, which the function's handler must not see.
    if (isPatternKey(args[1])) return apply(otherwise, undefined, args)
    const trap: unknown = get(this.#handler, name)
    const isMissing = trap === undefined || trap === null
    return isMissing
      ? apply(otherwise, undefined, args)
      : apply(trap as Callable, this.#handler, args)
  }
}
