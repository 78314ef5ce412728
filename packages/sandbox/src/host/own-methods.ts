import { createListMethods, lengthOf, objectOf } from './list-methods.ts'
import type { MeteredValues } from './metered-values.ts'
import { EACH, isPatternKey, KEYS } from './pattern-keys.ts'
import { createReplaceMethods } from './replace-methods.ts'
import { createStringify } from './stringify-method.ts'

type Native = (this: unknown, ...args: unknown[]) => unknown
type Add = (steps: number) => void

// The real ones: this module is loaded before intrinsics are guarded.
const { apply, deleteProperty, get } = Reflect
const { isArray } = Array

/**
 * Methods written again, because what V8's own do cannot be told before they have done it (a few
 * small lists that hold each other are an output without end), or because V8's own have become slow
 * by what is guarded around them.
 *
 * @returns by path; each is made of V8's, for those that still have it do the work
 */
export function createOwnMethods(
  add: Add,
  values: MeteredValues,
): ReadonlyMap<string, (original: Native) => Native> {
  const iterate = (original: Native): Native =>
    function (this: unknown, ...args: unknown[]): unknown {
      return apply(original, values.iterator(this), args)
    }
  return new Map<string, (original: Native) => Native>([
    ...LISTING_KEYS.map((path) => [path, withoutSecrets] as const),
    ['String.raw', () => rawWith(add)],
    ['JSON.stringify', createStringify(add)],
    ...createListMethods(add),
    ...createReplaceMethods(add),
    ...ITERATOR_METHODS.map((name) => [`Iterator.prototype.${name}`, iterate] as const),
  ])
}

const LISTING_KEYS = [
  ...['Reflect.ownKeys', 'Object.getOwnPropertySymbols', 'Object.getOwnPropertyDescriptors'],
]

const ITERATOR_METHODS = [
  ...['map', 'filter', 'take', 'drop', 'flatMap', 'reduce', 'toArray', 'forEach', 'some'],
  ...['every', 'find'],
]

function rawWith(add: Add): Native {
  return function raw(template: unknown, ...substitutions: unknown[]): string {
    const literals = objectOf(get(objectOf(template), 'raw'))
    const length = lengthOf(literals)
    let text = ''
    for (let i = 0; i < length; i++) {
      const literal = `${literals[i] as string}`
      const isLast = i + 1 >= length || i >= substitutions.length
      const piece = isLast ? literal : literal + `${substitutions[i] as string}`
      add(1 + piece.length)
      text += piece
    }
    return text
  }
}

function withoutSecrets(original: Native): Native {
  return (...args) => hideKeys(apply(original, undefined, args) as object)
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
