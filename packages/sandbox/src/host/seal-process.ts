import { registerHooks } from 'node:module'

/**
 * Takes away what this process no longer needs once it is confined: whoever got out of SES finds a
 * realm with the language in it and little more, and no way to load a module.
 *
 * A second wall and no border. What holds without it is in the README.
 */
export function sealProcess(): void {
  const host = process
  for (const name of LOADERS) Reflect.deleteProperty(host, name)
  for (const name of Object.getOwnPropertyNames(globalThis)) {
    if (!KEPT.has(name)) Reflect.deleteProperty(globalThis, name)
  }
  registerHooks({ resolve: refuse, load: refuse })
}

/** Ways from `process` to built-in modules and to native code. */
const LOADERS = ['binding', '_linkedBinding', 'dlopen', 'getBuiltinModule', 'mainModule', 'kill']

function refuse(): never {
  throw new TypeError('nothing more is loaded')
}

/** The language, and what the program goes on using. */
const KEPT = new Set<string>([
  ...['globalThis', 'Infinity', 'NaN', 'undefined', 'Object', 'Function', 'Array', 'Boolean'],
  ...['Number', 'String', 'Symbol', 'BigInt', 'Math', 'JSON', 'Reflect', 'Proxy', 'Promise'],
  ...['Date', 'RegExp', 'Map', 'Set', 'WeakMap', 'WeakSet', 'WeakRef', 'Iterator'],
  ...['FinalizationRegistry', 'Error', 'AggregateError', 'EvalError', 'RangeError', 'TypeError'],
  ...['ReferenceError', 'SyntaxError', 'URIError', 'ArrayBuffer', 'DataView', 'Uint8Array'],
  ...['parseInt', 'parseFloat', 'isNaN', 'isFinite', 'decodeURI', 'decodeURIComponent'],
  ...['encodeURI', 'encodeURIComponent', 'escape', 'unescape', 'eval', 'Compartment', 'harden'],
])
