import { types } from 'node:util'

/** Why a value is no JSON data, for whoever wrote the function. */
export class NotData extends Error {
  /** In no object of a function, and asked for without running anything of it, unlike instanceof. */
  #isOurs = true

  static is(value: unknown): value is NotData {
    return typeof value === 'object' && value !== null && #isOurs in value && value.#isOurs
  }
}

/** Deepest nesting of a result. */
const MAX_DEPTH = 100
/** Most values in a result, and most UTF-16 code units in its strings and keys together. */
const MAX_VALUES = 200_000
const MAX_TEXT = 8 * 1024 * 1024

// The real ones: this module is loaded before intrinsics are guarded.
const RealArray = Array
const { isArray } = Array
const { fill } = Array.prototype
const { apply } = Reflect
const { create, keys, prototype: objectPrototype, getPrototypeOf } = Object
const { isFinite: isFiniteNumber, isSafeInteger } = Number

/**
 * Copies what a function answered as JSON data, reading each property once.
 *
 * Getters, proxy traps and `toJSON` are the function's code: they run here, under its meter and
 * its deadline, and the gateway sees only the copy. Left out: properties that are undefined, and
 * `__proto__`, which would become a prototype in careless hands later on.
 *
 * @throws NotData for functions, symbols, BigInts, numbers that are not finite, Maps, Sets and the
 *   like, cycles, and what is too deep or too large
 */
export function copyData(value: unknown): unknown {
  return copy(value, { values: 0, text: 0, path: [] })
}

interface Progress {
  values: number
  text: number
  readonly path: (string | number)[]
}

function copy(value: unknown, progress: Progress): unknown {
  if (++progress.values > MAX_VALUES) refuse(progress, `more than ${MAX_VALUES} values`)
  switch (typeof value) {
    case 'string':
      return countText(value, progress)
    case 'boolean':
      return value
    case 'number':
      return isFiniteNumber(value) ? value : refuse(progress, 'a number that is not finite')
    case 'undefined':
      return undefined
    case 'object':
      return value === null ? null : copyObject(value, progress)
    default:
      return refuse(progress, `a ${typeof value}`)
  }
}

function countText(text: string, progress: Progress): string {
  progress.text += text.length
  if (progress.text > MAX_TEXT) refuse(progress, `more than ${MAX_TEXT} characters`)
  return text
}

function copyObject(value: object, progress: Progress): unknown {
  if (progress.path.length >= MAX_DEPTH) refuse(progress, `deeper than ${MAX_DEPTH} levels`)
  if (isArray(value)) return copyArray(value, progress)
  if (isExotic(value)) return refuse(progress, 'an object that JSON does not have')
  const { toJSON } = value as { readonly toJSON?: unknown }
  if (typeof toJSON === 'function') return copyReplacement(value, toJSON as () => unknown, progress)
  return copyRecord(value, progress)
}

/** Things whose content is not in their properties: JSON would write `{}`. */
function isExotic(value: object): boolean {
  if (getPrototypeOf(value) === objectPrototype) return false
  return (
    types.isMap(value) ||
    types.isSet(value) ||
    types.isRegExp(value) ||
    types.isPromise(value) ||
    types.isWeakMap(value) ||
    types.isWeakSet(value) ||
    types.isBoxedPrimitive(value) ||
    types.isAnyArrayBuffer(value) ||
    types.isArrayBufferView(value)
  )
}

/** As JSON.stringify does it, so that a Date is its ISO text. */
function copyReplacement(
  value: object,
  toJSON: (this: object) => unknown,
  progress: Progress,
): unknown {
  progress.path.push('toJSON()')
  const replacement = copy(toJSON.call(value), progress)
  progress.path.pop()
  return replacement
}

function copyArray(value: readonly unknown[], progress: Progress): unknown[] {
  const { length } = value
  // A proxy may say anything, and its word is counted with.
  if (!isSafeInteger(length) || length < 0) refuse(progress, 'a list without a length')
  // All of them count before there is room for any.
  progress.values += length
  if (progress.values > MAX_VALUES) refuse(progress, `more than ${MAX_VALUES} values`)
  const copied = filled(length)
  const depth = progress.path.length
  for (let i = 0; i < length; i++) {
    progress.path[depth] = i
    progress.values--
    // JSON has no undefined in a list.
    copied[i] = copy(value[i], progress) ?? null
  }
  progress.path.length = depth
  return copied
}

/** A list that grows takes three times as long where the prototype of lists is frozen. */
function filled(length: number): unknown[] {
  return apply(fill, new RealArray<unknown>(length), [null]) as unknown[]
}

function copyRecord(value: object, progress: Progress): object {
  // Without a prototype: the frozen one would not let `constructor` be set.
  const copied = create(null) as Record<string, unknown>
  const depth = progress.path.length
  for (const key of keys(value)) {
    if (key === '__proto__') continue
    progress.path[depth] = key
    countText(key, progress)
    const item = copy((value as Record<string, unknown>)[key], progress)
    if (item !== undefined) copied[key] = item
  }
  progress.path.length = depth
  return copied
}

function refuse(progress: Progress, problem: string): never {
  const path = progress.path
    .slice(0, 8)
    .map((step) => (typeof step === 'number' ? `[${step}]` : `.${step.slice(0, 40)}`))
    .join('')
  throw new NotData(`the answer${path} is ${problem}`)
}
