import type { ModuleCode } from '../protocol.ts'
import { MODULE_SCRIPT_NAME } from './describe-thrown.ts'
import type { SyntaxMeter } from './syntax-meter.ts'

/**
 * How the compiled code of a function, or of one of its modules, gets a module: evaluates it unless
 * it has been, and answers what `import * as` gives.
 *
 * `update` is called with the values of `names` and the same: at once, and in a circle of modules
 * once more when the circle is closed.
 */
export type Link = (index: number, names?: readonly string[], update?: Update) => object

type Update = (values: object, namespace: object) => void

/** What a module's code evaluates to: see `wrapModule`. */
type Factory = (...given: readonly unknown[]) => unknown

interface ModuleRecord {
  /** Of CommonJS. */
  readonly module: { exports: unknown } | undefined
  namespace: object | undefined
  isDone: boolean
  /** Whether another was given what there was of it, before it was done. */
  isInCircle: boolean
  /** Those that began later were asked for by it, or by what it asked for. */
  readonly order: number
  /** Of those in a circle with it, until it is done. */
  readonly updates: (() => void)[]
}

const { apply, defineProperty, get, getOwnPropertyDescriptor, ownKeys } = Reflect
const { create, freeze, hasOwn } = Object
const { isArray } = Array

/**
 * The modules of one function, in its Compartment: evaluated when they are first asked for, with no
 * more than the function has, and kept as long as the function's own variables.
 *
 * A module that throws is forgotten, so that whoever asks next evaluates it again, as in CommonJS.
 * So are those that hold what there was of it, or they would hold that for good.
 */
export class ModuleScope {
  readonly link: Link = harden((index, names = [], update) => this.#link(index, names, update))
  readonly #syntax: SyntaxMeter
  readonly #codes: (ModuleCode | undefined)[] = []
  readonly #factories: (Factory | undefined)[] = []
  readonly #records: (ModuleRecord | undefined)[] = []
  #begun = 0

  constructor(
    modules: readonly (readonly [index: number, code: ModuleCode])[],
    syntax: SyntaxMeter,
  ) {
    this.#syntax = syntax
    for (const [index, code] of modules) this.#codes[index] = code
  }

  /**
   * Compiles all modules and evaluates none. Now and not when they are asked for: a function that
   * has used up the stack could stop SES half-way through an evaluation.
   */
  compile(evaluate: (source: string) => Factory): void {
    this.#codes.forEach((known, index) => {
      if (known === undefined) return
      const source = `${known.code}\n//# sourceURL=${MODULE_SCRIPT_NAME}${index}`
      this.#factories[index] = evaluate(source)
    })
  }

  /** Makes a `require` that knows these names. */
  requireOf(names: ModuleCode['requires']): (name: unknown) => unknown {
    const [charge] = this.#syntax
    const indices = create(null) as Record<string, number>
    for (const [name, index] of names) indices[name] = index
    return harden((name: unknown) => {
      charge()
      if (typeof name !== 'string') throw new TypeError('require() takes the name of a module')
      const index = indices[name]
      if (index === undefined) {
        throw new Error(`require '${name.slice(0, LONGEST_NAME)}' not allowed within sandbox`)
      }
      const record = this.#evaluated(index)
      return record.module === undefined ? this.#namespaceOf(record) : record.module.exports
    })
  }

  #link(index: number, names: readonly string[], update: Update | undefined): object {
    const record = this.#evaluated(index)
    const namespace = this.#namespaceOf(record)
    if (record.isDone) {
      this.#checkNames(index, namespace, names)
      update?.(namespace, namespace)
      return namespace
    }
    if (update === undefined) return namespace
    record.updates[record.updates.length] = () => {
      const whole = this.#namespaceOf(record)
      this.#checkNames(index, whole, names)
      update(whole, whole)
    }
    update(valuesSoFar(namespace, names), namespace)
    return namespace
  }

  #evaluated(index: number): ModuleRecord {
    const known = this.#records[index]
    if (known !== undefined) {
      known.isInCircle ||= !known.isDone
      return known
    }
    const record = this.#newRecord(index)
    const records = this.#records
    records[index] = record
    try {
      this.#run(index, record)
      record.isDone = true
      for (let i = 0; i < record.updates.length; i++) record.updates[i]?.()
      this.#refuseExhausted()
    } catch (thrown) {
      // Calls nothing: there may be no stack left to do so.
      records[index] = undefined
      for (let i = 0; record.isInCircle && i < records.length; i++) {
        if ((records[i]?.order ?? 0) > record.order) records[i] = undefined
      }
      throw thrown
    }
    return record
  }

  #newRecord(index: number): ModuleRecord {
    const isCommonJs = this.#codes[index]?.isCommonJs === true
    return {
      module: isCommonJs ? { exports: {} } : undefined,
      namespace: undefined,
      isDone: false,
      isInCircle: false,
      order: ++this.#begun,
      updates: [],
    }
  }

  /** A module that caught the end of the budget, and went on without what it had begun, is not whole. */
  #refuseExhausted(): void {
    this.#syntax[0]()
  }

  #run(index: number, record: ModuleRecord): void {
    const factory = this.#factories[index] as Factory
    const { module } = record
    const require = this.requireOf(this.#codes[index]?.requires ?? [])
    if (module === undefined) {
      const tell = (entries: readonly Entry[]): void => {
        record.namespace = namespaceOfEntries(entries)
      }
      factory(...this.#syntax, this.link, tell, require)
      return
    }
    const wrapper = factory(...this.#syntax) as Factory
    apply(wrapper, module.exports, [module.exports, require, module])
  }

  #namespaceOf(record: ModuleRecord): object {
    const { module, namespace } = record
    if (namespace !== undefined || module === undefined) return namespace ?? EMPTY
    const [, , , chargeKeys] = this.#syntax
    const made = namespaceOfCommonJs(module.exports, chargeKeys)
    this.#refuseExhausted()
    if (record.isDone) record.namespace = made
    return made
  }

  #checkNames(index: number, namespace: object, names: readonly string[]): void {
    for (const name of names) {
      if (hasOwn(namespace, name)) continue
      throw new SyntaxError(`the module '${this.#codes[index]?.name}' does not export '${name}'`)
    }
  }
}

/** In messages. */
const LONGEST_NAME = 100

/** A name that is exported, with a function of the module that reads it. */
type Entry = readonly [name: string, read: () => unknown]

/** Of a module that has told nothing yet. */
const EMPTY: object = freeze(create(null) as object)

/** Variables that the module changes later are seen changed. */
function namespaceOfEntries(entries: readonly Entry[]): object {
  const namespace = newNamespace()
  for (const [name, read] of entries) {
    defineProperty(namespace, name, { get: read, enumerable: true })
  }
  return harden(namespace)
}

/** As in Node: `default` is what it exports, and each name that it has then is a name of its own. */
function namespaceOfCommonJs(exports: unknown, chargeKeys: (value: unknown) => unknown): object {
  const namespace = newNamespace()
  const isThing = (typeof exports === 'object' && exports !== null) || typeof exports === 'function'
  if (isThing && !isArray(exports)) {
    chargeKeys(exports)
    for (const name of ownKeys(exports)) {
      if (typeof name !== 'string' || name === 'default') continue
      if (getOwnPropertyDescriptor(exports, name)?.enumerable !== true) continue
      defineProperty(namespace, name, { value: get(exports, name) as unknown, enumerable: true })
    }
  }
  defineProperty(namespace, 'default', { value: exports, enumerable: true })
  // What it exports is its own and stays as it is.
  return freeze(namespace)
}

function newNamespace(): object {
  const namespace = create(null) as object
  defineProperty(namespace, Symbol.toStringTag, { value: 'Module' })
  return namespace
}

/** What can be read while the module is not done: the rest is undefined. */
function valuesSoFar(namespace: object, names: readonly string[]): object {
  const values = create(null) as Record<string, unknown>
  for (const name of names) {
    try {
      values[name] = get(namespace, name)
    } catch {
      // A variable that has no value yet.
    }
  }
  return values
}
