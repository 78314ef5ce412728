import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { createFunctionHost } from '../src/index.ts'
import { outcome } from './open-hosts.ts'
import { CHARGED, CONSTANT } from './intrinsics.table.ts'

const FIXTURE = fileURLToPath(new URL('./fixtures/list-intrinsics.ts', import.meta.url))

const host = createFunctionHost({ mode: 'sandbox', spares: 0, memoryMb: 256 })
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

  it('is in the table of costs, whatever a new V8 brings', () => {
    const printed = execFileSync(process.execPath, [...process.execArgv, FIXTURE])
    const { guarded, plain } = JSON.parse(printed.toString()) as Listed
    const listed = [...guarded, ...plain]
    const isKnown = (path: string): boolean => CHARGED.has(path) || CONSTANT.has(path)
    expect(listed.filter((path) => !isKnown(path))).toEqual([])
    const known = [...CHARGED.keys(), ...CONSTANT]
    expect(known.filter((path) => !listed.includes(path))).toEqual([])
    expect(known).toHaveLength(new Set(known).size)
    expect(plain.filter((path) => CHARGED.has(path))).toEqual([])
  })
})

describe('a call that goes over something large', () => {
  const a = Array.from({ length: 40_000 }, (_, i) => i)
  const s = 'x'.repeat(80_000)
  const o = Object.fromEntries(a.slice(0, 20_000).map((n) => [`k${n}`, n]))

  /** What an expression can name beside the arguments, and how it is made. */
  const MADE: Readonly<Record<string, string>> = {
    not: '() => false',
    // As long as a function can be.
    text: `() => { '${'x'.repeat(60_000)}' }`,
    pairs: 'a.map((n) => [n, n])',
    objects: 'a.map((n) => [n])',
    json: 'JSON.stringify(s)',
    set: 'new Set(a)',
    map: 'new Map(a.map((n) => [n, n]))',
  }

  /** Does 50 times what the expression says, with steps for what it needs and for a few times. */
  function outcomeOf(expression: string): Promise<unknown> {
    const made = Object.entries(MADE)
      .filter(([name]) => new RegExp(`\\b${name}\\b`).test(expression))
      .map(([name, source]) => `const ${name} = ${source}`)
    const source = `async (a, s, o) => {
      ${made.join('\n')}
      for (let i = 0; i < 50; i++) await (${expression})
      return 'done'
    }`
    const fn = host.compile(source, { name: 'probe', timeoutMs: 10_000, steps: 600_000 })
    return outcome(fn.call([a, s, o]))
  }

  it.each([...CHARGED])('is charged: %s', async (_path, expression) => {
    expect(await outcomeOf(expression)).toBe('POSTERN_SANDBOX_BUDGET')
  })

  it('is not charged where it does not go over it', async () => {
    expect(await outcomeOf('a.at(-1) + s.charAt(3) + set.has(1) + o.k3')).toBe('done')
    expect(await outcomeOf('text.length + map.get(1) + json.at(1) + pairs[0]')).toBe('done')
  })
})

interface Listed {
  readonly guarded: readonly string[]
  readonly plain: readonly string[]
}

async function listGlobals(): Promise<string[]> {
  const { result } = await host.compile(LIST_GLOBALS, { name: 'list', timeoutMs: 5_000 }).call([])
  return (result as string[]).toSorted()
}
