import { type Cost, costOf } from './intrinsic-costs.ts'
import type { Meter } from './meter.ts'
import type { MeteredValues } from './metered-values.ts'
import { createOwnMethods } from './own-methods.ts'
import { type IntrinsicProperty, walkIntrinsics } from './walk-intrinsics.ts'

/**
 * Makes the intrinsics that functions can reach charge the meter for what they scan and make.
 *
 * Not from a list of dangerous ones, which would be forgotten to grow with the language: every
 * function that can be reached is wrapped, unless EXEMPT says why not. Runs when SES has taken
 * away what functions do not get, and before it freezes the rest. V8's own use of intrinsics and
 * Node's (which keeps its own copies) are not touched.
 *
 * @param globals what each Compartment gets; the guards are put in the place of V8's
 * @returns what was put there
 */
export function guardIntrinsics(
  globals: object,
  { add }: Pick<Meter, 'add'>,
  values: MeteredValues,
): ReadonlySet<object> {
  const own = createOwnMethods(add, values)
  const guards = new Map<unknown, object>()
  // Would be a way to a promise for functions whose source shows none: see canWait().
  Reflect.deleteProperty(Array, 'fromAsync')
  // SES leaves `harden` there, which goes over everything that a value leads to.
  Reflect.deleteProperty(Object, Symbol.for('harden'))
  walkIntrinsics(globals, (property) => {
    const { holder, key } = property
    const descriptor = Reflect.getOwnPropertyDescriptor(holder, key)
    const original: unknown = descriptor?.value
    if (typeof original !== 'function' || descriptor?.configurable !== true) return
    // One guard for each: `Set.prototype.keys` is `Set.prototype.values`.
    const guard = guards.get(original) ?? guardOf(original as Native, property)
    if (guard === undefined) return
    guards.set(original, guard).set(guard, guard)
    Reflect.defineProperty(holder, key, { ...descriptor, value: guard })
  })
  return new Set(guards.values())

  function guardOf(original: Native, property: IntrinsicProperty): object | undefined {
    if (isConstructor(original)) return guardConstructor(original, add, values)
    if (isExempt(property)) return undefined
    const { path } = property
    const isText = path === 'Function.prototype.toString'
    const method = isText ? textOfGuards(original, guards) : (own.get(path)?.(original) ?? original)
    const cost = CHARGED_BY_THEMSELVES.test(path) ? FREE : costOf(path)
    return named(original, guardMethod(method, cost, add, values))
  }
}

/** As V8's own, and without the source of this program. */
function textOfGuards(original: Native, guards: ReadonlyMap<unknown, object>): Native {
  return function (this: unknown): unknown {
    const isGuard = typeof this === 'function' && guards.has(this)
    return isGuard ? `function ${this.name}() { [native code] }` : apply(original, this, [])
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

/**
 * Methods that are left as they are.
 *
 * - `next` of iterators, `values`, `@@iterator`: V8 loops over a list quickly only while these are
 *   its own. One step is constant work, and the loop around it is charged.
 * - Promise.prototype.then: V8 awaits quickly only while it is its own.
 * - the others do work that does not grow.
 */
const EXEMPT_METHODS = new Set<string>([
  ...['next', 'return', 'throw', 'values', '[Symbol.iterator]', '[Symbol.asyncIterator]', 'then'],
  ...['valueOf', '[Symbol.toPrimitive]', '[Symbol.hasInstance]', 'call', 'bind'],
])

/** Functions of constructors and namespaces, and globals, that do work that does not grow. */
const EXEMPT_STATICS = new Set<string>([
  ...['Object.getPrototypeOf', 'Object.setPrototypeOf', 'Object.is', 'Object.hasOwn'],
  ...['Reflect.getPrototypeOf', 'Reflect.setPrototypeOf', 'Array.isArray', 'Date.now'],
  ...['Number.isFinite', 'Number.isInteger', 'Number.isSafeInteger', 'Number.isNaN'],
  ...['isFinite', 'isNaN', 'Error.captureStackTrace', 'Error.isError'],
])

/** They charge every piece of what they do. */
const CHARGED_BY_THEMSELVES =
  /^(Array\.prototype\.(join|flat|flatMap)|String\.raw|JSON\.stringify)$/

/** Constructors that scan or make what they are given. The others do work that does not grow. */
const CHARGED_CONSTRUCTORS = new Set<string>([
  ...['Array', 'Map', 'Set', 'WeakMap', 'WeakSet', 'AggregateError', 'Number', 'String', 'Date'],
  ...['RegExp', 'Proxy'],
])

type Native = (this: unknown, ...args: unknown[]) => unknown

const FREE: Cost = { before: () => 1, after: () => 0 }
const fromStart = (): number => 0
const unchanged: NonNullable<Cost['prepare']> = (self) => self

// The real ones, for the guards themselves.
const { apply, construct } = Reflect
const { hasOwn } = Object
const RealProxy = Proxy
const RealArray = Array

/** Known by their own `prototype`, which no method has. */
function isConstructor(value: CallableFunction): boolean {
  return hasOwn(value, 'prototype') || value === (RealProxy as unknown)
}

function isExempt({ path }: IntrinsicProperty): boolean {
  if (EXEMPT_STATICS.has(path)) return true
  const isOfPrototype = /\.prototype\.|^%|\.\[\[Prototype\]\]/.test(path)
  return (
    isOfPrototype &&
    EXEMPT_METHODS.has(path.slice(path.lastIndexOf(path.endsWith(']') ? '.[' : '.') + 1))
  )
}

function guardMethod(
  original: Native,
  cost: Cost,
  add: Meter['add'],
  values: MeteredValues,
): Native {
  const { before, prepare = unchanged, start = fromStart, after } = cost
  // A concise method is no constructor, as the originals are none.
  const { guard } = {
    guard(this: unknown, ...args: unknown[]): unknown {
      const self = prepare(this, args, values)
      add(before(self, args))
      const from = start(self)
      const result = apply(original, self, args)
      add(after(self, args, result, from))
      // `fill` and others answer what they were called on.
      return result === self ? this : result
    },
  }
  return guard
}

function named(original: Native, guard: Native): Native {
  const { name, length } = original
  Object.defineProperty(guard, 'name', { value: name, configurable: true })
  Object.defineProperty(guard, 'length', { value: length, configurable: true })
  return guard
}

/** It stands in `prototype.constructor` as well, so that nothing leads to V8's own. */
function guardConstructor(
  original: Native,
  add: Meter['add'],
  values: MeteredValues,
): object | undefined {
  if (!CHARGED_CONSTRUCTORS.has(original.name)) return undefined
  const { before, prepare = unchanged } = costOf(original.name)
  function guard(this: unknown, ...args: unknown[]): unknown {
    prepare(undefined, args, values)
    add(before(undefined, args))
    if (new.target === undefined) return apply(original, undefined, args)
    return construct(original, args, new.target === (guard as unknown) ? original : new.target)
  }
  // Proxy has no `prototype`, and neither has a function that is bound.
  const made = original === (RealProxy as unknown) ? guard.bind(undefined) : guard
  copyStatics(original, made)
  return named(original, made)
}

function copyStatics(original: Native, guard: Native): void {
  for (const key of Reflect.ownKeys(original)) {
    if (key === 'name' || key === 'length') continue
    const descriptor = Reflect.getOwnPropertyDescriptor(original, key) as PropertyDescriptor
    Reflect.defineProperty(guard, key, bindStatic(descriptor, original, guard))
  }
  Object.setPrototypeOf(guard, Object.getPrototypeOf(original) as object)
}

/** V8 makes lists quickly only where it is asked to by its own constructor. */
function bindStatic(
  descriptor: PropertyDescriptor,
  original: Native,
  guard: Native,
): PropertyDescriptor {
  const { value, get } = descriptor
  if (original !== (RealArray as unknown)) return descriptor
  if (get !== undefined) {
    // Symbol.species: without one V8 makes a plain list by itself.
    return { ...descriptor, get: speciesOf(guard) }
  }
  if (typeof value !== 'function') return descriptor
  const { name, length } = value as Native
  const bound = {
    method(this: unknown, ...args: unknown[]): unknown {
      return apply(value as Native, this === guard ? original : this, args)
    },
  }.method
  return {
    ...descriptor,
    value: Object.defineProperties(bound, { name: { value: name }, length: { value: length } }),
  }
}

function speciesOf(guard: Native): () => unknown {
  const { get } = Object.getOwnPropertyDescriptor(
    {
      get [Symbol.species](): unknown {
        return (this as unknown) === guard ? undefined : this
      },
    },
    Symbol.species,
  ) as { get(): unknown }
  return get
}
