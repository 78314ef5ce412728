import { types } from 'node:util'
import { expandReplacement } from './expand-replacement.ts'

type Native = (this: unknown, ...args: unknown[]) => unknown
type Add = (steps: number) => void

// The real ones: this module is loaded before intrinsics are guarded.
const { apply, getPrototypeOf, ownKeys } = Reflect
const { isRegExp } = types
const regExpPrototype = RegExp.prototype

/**
 * Methods that take a regular expression, by path, each made of V8's own. A replacement text is put
 * together here, where each piece of it is charged.
 */
export function createReplaceMethods(add: Add): readonly [string, (original: Native) => Native][] {
  const textMethod = (original: Native): Native => replaceInText(original, add)
  const replaceBy = (original: Native): Native => replaceByExpression(original, add)
  return [
    ['String.prototype.replace', textMethod],
    ['String.prototype.replaceAll', textMethod],
    ['RegExp.prototype.[Symbol.replace]', (original) => ofPlainRegExp(replaceBy(original))],
    ...['match', 'matchAll', 'search', 'split'].map(
      (name): [string, (original: Native) => Native] => [
        `RegExp.prototype.[Symbol.${name}]`,
        ofPlainRegExp,
      ],
    ),
  ]
}

function replaceInText(original: Native, add: Add): Native {
  return function replace(this: unknown, pattern: unknown, replacement: unknown): unknown {
    // Somebody's own `Symbol.replace` gets what was given.
    const isOwn = typeof pattern === 'object' && pattern !== null && !isPlainRegExp(pattern)
    if (isOwn || typeof replacement === 'function')
      return apply(original, this, [pattern, replacement])
    const template = `${replacement as string}`
    return apply(original, this, [pattern, expandReplacement(template, add)])
  }
}

function replaceByExpression(original: Native, add: Add): Native {
  return function (this: unknown, text: unknown, replacement: unknown): unknown {
    const by =
      typeof replacement === 'function'
        ? replacement
        : expandReplacement(`${replacement as string}`, add)
    return apply(original, this, [text, by])
  }
}

function ofPlainRegExp(method: Native): Native {
  return function (this: unknown, ...args: unknown[]): unknown {
    if (!isPlainRegExp(this)) throw new TypeError(`not a plain regular expression`)
    args[0] = `${args[0] as string}`
    return apply(method, this, args)
  }
}

/**
 * V8 calls `exec` of a regular expression until it answers null: one that a function put there
 * might never do so.
 */
function isPlainRegExp(value: unknown): value is RegExp {
  if (!isRegExp(value)) return false
  return getPrototypeOf(value) === regExpPrototype && ownKeys(value).length === 1
}
