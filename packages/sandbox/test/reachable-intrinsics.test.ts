import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { createFunctionHost } from '../src/index.ts'

const FIXTURE = fileURLToPath(new URL('./fixtures/list-unguarded.ts', import.meta.url))

const host = createFunctionHost({ mode: 'sandbox', spares: 0 })
afterAll(() => host.close())

/** Async, so that the process leaves `Promise` there. */
const LIST_GLOBALS = 'async () => Object.getOwnPropertyNames(globalThis)'

describe('what functions can reach', () => {
  it('has these globals and no others', async () => {
    expect(await listGlobals()).toMatchInlineSnapshot(`
      [
        "AggregateError",
        "Array",
        "Boolean",
        "Date",
        "Error",
        "EvalError",
        "Infinity",
        "Iterator",
        "JSON",
        "Map",
        "Math",
        "NaN",
        "Number",
        "Object",
        "Promise",
        "Proxy",
        "RangeError",
        "ReferenceError",
        "Reflect",
        "RegExp",
        "Set",
        "String",
        "Symbol",
        "SyntaxError",
        "TypeError",
        "URIError",
        "WeakMap",
        "WeakSet",
        "console",
        "decodeURI",
        "decodeURIComponent",
        "encodeURI",
        "encodeURIComponent",
        "escape",
        "globalThis",
        "isFinite",
        "isNaN",
        "parseFloat",
        "parseInt",
        "undefined",
        "unescape",
      ]
    `)
  })

  it('leaves these of V8 without a charge and no others', async () => {
    const globals = JSON.stringify(await listGlobals())
    const printed = execFileSync(process.execPath, [...process.execArgv, FIXTURE, globals])
    const unguarded = (JSON.parse(printed.toString()) as string[]).filter(isNoConstructor)
    expect(unguarded.toSorted()).toMatchInlineSnapshot(`
      [
        "%ArrayIterator%.[[Prototype]].next",
        "%AsyncGenerator%.[[Prototype]].[[Prototype]].[[Prototype]].[Symbol.asyncIterator]",
        "%AsyncGenerator%.[[Prototype]].[[Prototype]].next",
        "%Generator%.[[Prototype]].[[Prototype]].next",
        "%MapIterator%.[[Prototype]].next",
        "%RegExpStringIterator%.[[Prototype]].next",
        "%SetIterator%.[[Prototype]].next",
        "%StringIterator%.[[Prototype]].next",
        "Array.isArray",
        "Array.prototype.values",
        "Boolean.prototype.valueOf",
        "Date.now",
        "Date.prototype.[Symbol.toPrimitive]",
        "Date.prototype.valueOf",
        "Error.captureStackTrace",
        "Error.isError",
        "Error.prototype.toString",
        "Iterator.prototype.[Symbol.iterator]",
        "Map.prototype.[Symbol.iterator]",
        "Map.prototype.values",
        "Number.isFinite",
        "Number.isInteger",
        "Number.isNaN",
        "Number.isSafeInteger",
        "Number.prototype.valueOf",
        "Object.defineProperty",
        "Object.freeze",
        "Object.getPrototypeOf",
        "Object.hasOwn",
        "Object.is",
        "Object.isFrozen",
        "Object.prototype.__defineGetter__.[[Prototype]]",
        "Object.prototype.__defineGetter__.[[Prototype]].[Symbol.hasInstance]",
        "Object.prototype.__defineGetter__.[[Prototype]].apply",
        "Object.prototype.__defineGetter__.[[Prototype]].bind",
        "Object.prototype.__defineGetter__.[[Prototype]].call",
        "Object.prototype.__defineGetter__.[[Prototype]].toString",
        "Object.prototype.valueOf",
        "Object.setPrototypeOf",
        "Promise.prototype.then",
        "Proxy.revocable",
        "Reflect.defineProperty",
        "Reflect.getPrototypeOf",
        "Reflect.setPrototypeOf",
        "Set.prototype.values",
        "String.prototype.[Symbol.iterator]",
        "String.prototype.valueOf",
        "Symbol.prototype.[Symbol.toPrimitive]",
        "Symbol.prototype.valueOf",
        "isFinite",
        "isNaN",
      ]
    `)
  })
})

async function listGlobals(): Promise<string[]> {
  const { result } = await host.compile(LIST_GLOBALS, { name: 'list', timeoutMs: 5_000 }).call([])
  return (result as string[]).toSorted()
}

/** Constructors are found again as `constructor` of what they make, so they cannot be replaced. */
function isNoConstructor(path: string): boolean {
  return !/(^|\.)(%?[A-Z]\w*%?|constructor)$/.test(path)
}
