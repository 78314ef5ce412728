/** One property of an intrinsic object that functions can reach. */
export interface IntrinsicProperty {
  readonly holder: object
  readonly key: string | symbol
  /** How a function would write it, `Array.prototype.map`; `%…%` where no global leads there. */
  readonly path: string
}

// The real ones: a guard hides some keys.
const { getOwnPropertyDescriptor, getPrototypeOf, ownKeys } = Reflect

/**
 * Visits every property of every object that functions can reach from their globals and from the
 * syntax of the language, each object once and by its shortest path.
 *
 * Reads a property again after the visit, so what the visitor put there is walked in its place.
 *
 * @param globals by name; itself the holder of the first properties
 */
export function walkIntrinsics(
  globals: object,
  visit: (property: IntrinsicProperty) => void,
): void {
  const seen = new Set<unknown>([globalThis])
  const first: [unknown, string][] = [
    [globals, ''],
    [Object.prototype, 'Object.prototype'],
    [Function.prototype, 'Function.prototype'],
  ]
  walkFrom(first, seen, visit)
  // Afterwards: what a global leads to is known by that name.
  const hidden = Object.entries(hiddenIntrinsics())
  walkFrom(
    hidden.map(([name, value]) => [value, name]),
    seen,
    visit,
  )
}

function walkFrom(
  waiting: [value: unknown, path: string][],
  seen: Set<unknown>,
  visit: (property: IntrinsicProperty) => void,
): void {
  // Grows while it is walked: what is nearer comes first.
  for (const [value, path] of waiting) {
    if (!isObject(value) || seen.has(value)) continue
    seen.add(value)
    for (const key of ownKeys(value)) {
      const property = { holder: value, key, path: pathOf(path, key) }
      visit(property)
      const { value: held, get, set } = getOwnPropertyDescriptor(value, key) ?? {}
      waiting.push([held ?? originalOf(get), property.path])
      waiting.push([get, `get ${property.path}`], [set, `set ${property.path}`])
    }
    waiting.push([getPrototypeOf(value), `${path}.[[Prototype]]`])
  }
}

/** SES keeps some methods behind accessors, so that objects can have a property of that name. */
function originalOf(get: unknown): unknown {
  return (get as { readonly originalValue?: unknown } | undefined)?.originalValue
}

function pathOf(path: string, key: string | symbol): string {
  const name = typeof key === 'string' ? key : `[${key.description}]`
  return path === '' ? name : `${path}.${name}`
}

/** Intrinsics that no global names. */
function hiddenIntrinsics(): Readonly<Record<string, unknown>> {
  const { Iterator } = globalThis as unknown as { readonly Iterator: IteratorStatics }
  const wrapped = Iterator.from({ next: () => ({ done: true, value: undefined }) })
  const makers: Readonly<Record<string, unknown>> = {
    '%WrapForValidIteratorPrototype%': wrapped,
    '%IteratorHelperPrototype%': wrapped.map((item) => item),
    '%ArrayIteratorPrototype%': [].values(),
    '%MapIteratorPrototype%': new Map().keys(),
    '%SetIteratorPrototype%': new Set().keys(),
    '%StringIteratorPrototype%': ''[Symbol.iterator](),
    '%RegExpStringIteratorPrototype%': ''.matchAll(/x/g),
    '%FunctionPrototype%': () => undefined,
    '%GeneratorFunctionPrototype%': function* () {},
    '%AsyncFunctionPrototype%': async () => undefined,
    '%AsyncGeneratorFunctionPrototype%': async function* () {},
    '%PromisePrototype%': Promise.resolve(),
    '%SymbolPrototype%': Object(Symbol.iterator),
  }
  const hidden = Object.entries(makers).map(([name, value]) => [
    name,
    getPrototypeOf(value as object),
  ])
  return Object.fromEntries(hidden) as Readonly<Record<string, unknown>>
}

/** TypeScript's es2024 does not know iterator helpers yet; Node 24 has them. */
interface IteratorStatics {
  from(iterator: object): { map(change: (item: unknown) => unknown): object }
}

function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function'
}
