import { costOf } from './intrinsic-costs.ts'
import type { Meter } from './meter.ts'

/**
 * Makes the intrinsics that functions can reach charge the meter for what they scan and make.
 *
 * Not from a list of dangerous ones, which would be forgotten to grow with the language: every
 * function that can be reached from the globals of a Compartment is wrapped, unless EXEMPT says
 * why not. Runs before `lockdown()`, which then freezes the wrappers; V8's own use of intrinsics
 * and Node's (which keeps its own copies) are not touched.
 */
export function guardIntrinsics(meter: Meter): void {
  const guards = new Map<object, object>()
  // Would be a way to a promise for functions whose source shows none: see canWait().
  Reflect.deleteProperty(Array, 'fromAsync')
  for (const name of GLOBAL_FUNCTIONS) guardProperty(globalThis, name, meter, guards)
  for (const root of reachableObjects()) {
    for (const key of Reflect.ownKeys(root)) guardProperty(root, key, meter, guards)
  }
}

/** Globals that functions do not get: they make memory outside the heap, evaluate, or collect. */
export const REMOVED_GLOBALS: readonly string[] = [
  ...['ArrayBuffer', 'SharedArrayBuffer', 'DataView', 'Atomics', 'TextEncoder', 'TextDecoder'],
  ...['Int8Array', 'Uint8Array', 'Uint8ClampedArray', 'Int16Array', 'Uint16Array', 'Int32Array'],
  ...['Uint32Array', 'BigInt64Array', 'BigUint64Array', 'Float16Array', 'Float32Array'],
  ...['Float64Array', 'BigInt', 'WeakRef', 'FinalizationRegistry', 'Compartment', 'ModuleSource'],
  ...['eval', 'Function', 'lockdown', 'harden', 'assert'],
]

/** Names of the globals that functions get, as SES permits them, without those above. */
const ROOTS: readonly string[] = [
  ...['Array', 'Boolean', 'Map', 'Number', 'Object', 'Promise', 'Proxy', 'Set', 'String'],
  ...['WeakMap', 'WeakSet', 'Iterator', 'JSON', 'Reflect', 'Date', 'RegExp', 'Symbol', 'Math'],
]

/** Functions among the globals. */
const GLOBAL_FUNCTIONS: readonly string[] = [
  ...['parseInt', 'parseFloat', 'decodeURI', 'decodeURIComponent', 'encodeURI'],
  ...['encodeURIComponent', 'escape', 'unescape'],
]

/**
 * Methods that are left as they are.
 *
 * - `next` of iterators, `values`, `@@iterator`: V8 loops over a list quickly only while these are
 *   its own. One step is constant work, and the loop around it is charged.
 * - Promise.prototype.then: V8 awaits quickly only while it is its own.
 * - the others do work that does not grow.
 */
const EXEMPT_METHODS = new Set<string>([
  ...['next', 'values', 'iterator', 'asyncIterator', 'then'],
  ...['constructor', 'valueOf', 'toPrimitive', 'hasInstance'],
])

/** Functions of constructors and namespaces that do work that does not grow. */
const EXEMPT_STATICS = new Set<string>([
  ...['freeze', 'isFrozen', 'defineProperty', 'getPrototypeOf', 'setPrototypeOf', 'is', 'hasOwn'],
  ...['isArray', 'isFinite', 'isInteger', 'isSafeInteger', 'isNaN', 'revocable', 'now'],
])

function* reachableObjects(): Iterable<object> {
  const seen = new Set<object>()
  const waiting: unknown[] = [
    ...ROOTS.map((name) => (globalThis as Record<string, unknown>)[name]),
    ...hiddenIntrinsics(),
  ]
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (!isObject(next) || seen.has(next) || next === Function.prototype) continue
    seen.add(next)
    yield next
    if (typeof next === 'function' && 'prototype' in next) waiting.push(next.prototype)
    waiting.push(Object.getPrototypeOf(next))
  }
}

/** Intrinsics that no global names. */
function hiddenIntrinsics(): object[] {
  const { Iterator } = globalThis as unknown as { readonly Iterator: IteratorStatics }
  const wrapped = Iterator.from({ next: () => ({ done: true, value: undefined }) })
  const values: object[] = [
    wrapped,
    wrapped.map((item) => item),
    [].values(),
    new Map().keys(),
    new Set().keys(),
    ''[Symbol.iterator](),
    ''.matchAll(/x/g),
    (function* () {})(),
    (async function* () {})(),
  ]
  return values.map((value) => Object.getPrototypeOf(value) as object)
}

/** TypeScript's es2024 does not know iterator helpers yet; Node 24 has them. */
interface IteratorStatics {
  from(iterator: object): { map(change: (item: unknown) => unknown): object }
}

function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function'
}

function guardProperty(
  root: object,
  key: string | symbol,
  meter: Meter,
  guards: Map<object, object>,
): void {
  const descriptor = Reflect.getOwnPropertyDescriptor(root, key)
  if (descriptor === undefined || !('value' in descriptor) || !descriptor.configurable) return
  const original: unknown = descriptor.value
  if (typeof original !== 'function' || isConstructor(original) || isExempt(root, key)) return
  // One wrapper for each: `Set.prototype.keys` is `Set.prototype.values`.
  const guard = guards.get(original) ?? guardFunction(original as Native, key, meter)
  guards.set(original, guard)
  guards.set(guard, guard)
  Reflect.defineProperty(root, key, { ...descriptor, value: guard })
}

function isConstructor(value: CallableFunction): boolean {
  return Object.hasOwn(value, 'prototype') || value === (Proxy as unknown)
}

function isExempt(root: object, key: string | symbol): boolean {
  const isStatic = Object.hasOwn(root, 'prototype') || NAMESPACES.has(root)
  return (isStatic ? EXEMPT_STATICS : EXEMPT_METHODS).has(nameOf(key))
}

const NAMESPACES = new Set<object>([JSON, Math, Reflect, Proxy])

/** Well-known symbols are named by what follows the dot: `Symbol.iterator` is `iterator`. */
function nameOf(key: string | symbol): string {
  return typeof key === 'string' ? key : (key.description ?? '').replace('Symbol.', '')
}

type Native = (this: unknown, ...args: unknown[]) => unknown

const fromStart = (): number => 0

// The real one, for the wrappers themselves.
const { apply } = Reflect

function guardFunction(original: Native, key: string | symbol, { add }: Meter): Native {
  const { before, start = fromStart, after } = costOf(nameOf(key))
  // A concise method is no constructor, as the originals are none.
  const { guard } = {
    guard(this: unknown, ...args: unknown[]): unknown {
      add(before(this, args))
      const from = start(this)
      const result = apply(original, this, args)
      add(after(this, args, result, from))
      return result
    },
  }
  const { name, length } = original
  Object.defineProperty(guard, 'name', { value: name, configurable: true })
  Object.defineProperty(guard, 'length', { value: length, configurable: true })
  return guard
}
