import { randomUUID } from 'node:crypto'
import type { Endowment } from '../endowments.ts'
import { createUrlClasses } from './url-classes.ts'
import { withOwnErrors } from './with-own-errors.ts'

// The real ones: this module is loaded before intrinsics are guarded.
const decode = atob
const encode = btoa

/**
 * Makes the globals that are not of the language. They are written here: the objects of Node lead
 * to more of Node than a function is to see.
 */
export function makeEndowments(
  names: readonly Endowment[],
  add: (steps: number) => void,
): Readonly<Record<string, unknown>> {
  const makers = makersOf(add)
  return Object.assign({}, ...names.map((name) => makers[name]?.())) as Record<string, unknown>
}

function makersOf(
  add: (steps: number) => void,
): Readonly<Partial<Record<Endowment, () => Readonly<Record<string, unknown>>>>> {
  const textFunction = (work: (text: string) => string) => (text: unknown) => {
    const given = `${text as string}`
    add(1 + given.length)
    return withOwnErrors(() => work(given))
  }
  return {
    atob: () => ({ atob: textFunction((text) => decode(text)) }),
    btoa: () => ({ btoa: textFunction((text) => encode(text)) }),
    URL: () => createUrlClasses(add),
    'crypto.randomUUID': () => ({ crypto: { randomUUID: (): string => randomUUID() } }),
  }
}
