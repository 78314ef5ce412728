import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { createFunctionHost, type FunctionHost, type ModuleSources } from '../src/index.ts'
import { closeAll, expectGone, open, outcome } from './open-hosts.ts'

const MODULES: ModuleSources = {
  money: `import { round } from './round.js'
export default (n) => '€' + round(n)
export const format = (n) => n.toFixed(2)
export function half(n) {
  return n.of.cents / 2
}
let count = 0
export const add = () => ++count
export { count, count as 'how many' }
export class Coin { worth = 1 }
export const { a, b: [c], ...rest } = { a: 1, b: [2], d: 3 }`,
  './round.js': "'use strict'\nexports.round = (n) => Math.round(n)",
  both: 'export * from "money"\nexport { round as up } from "./round.js"\nexport * as money from "money"',
  list: 'module.exports = (n) => [n]\nmodule.exports.pair = (a, b) => [a, b]',
  typed: 'interface Cents { n: number }\nexport default (cents: Cents): number => cents.n',
  promised: 'export default async (n) => (await n) + 1',
  './lib/half.js':
    'import list from "list"\nexport const half = (n) => require("../list.js")(n / 2)\nfunction own(require) { return require }',
  './list.js': 'module.exports = require("list")',
  counter: 'let n = 0\nexports.next = () => ++n',
  first:
    'import "second"\nexport const order = []\nimport { told } from "third"\norder.push(...told)',
  second: 'import { tell } from "third"\ntell("second")',
  third: 'export const told = []\nexport const tell = (name) => { told.push(name) }\ntell("third")',
  failing: 'let n = 0\nthrow new Error("no " + typeof require)',
  even: `import { isOdd, late } from 'odd'
export const isEven = (n) => n === 0 || isOdd(n - 1)
export function name() { return 'even' }
export const seen = late()`,
  odd: `import { isEven, name, seen } from 'even'
export const isOdd = (n) => n !== 0 && isEven(n - 1)
export const early = [typeof isEven, name()]
export const late = () => typeof seen`,
  left: 'exports.early = require("right").name\nexports.name = "left"',
  right: 'exports.name = "right"\nexports.other = Object.keys(require("left"))',
}

describe('a function with modules', () => {
  let host: FunctionHost

  beforeAll(async () => {
    host = createFunctionHost({ mode: 'sandbox', modules: MODULES })
    await host.start()
  })
  afterAll(() => host.close())

  const run = (source: string, ...args: unknown[]): Promise<unknown> =>
    outcome(host.compile(source, { name: 'fn', timeoutMs: 2_000, steps: 1_000_000 }).call(args))

  it.each([
    {
      title: 'imports what is exported',
      source:
        'import money, { format as f, Coin } from "money"\nexport default (n) => [money(n), f(n), new Coin().worth]',
      result: ['€2', '1.60', 1],
    },
    {
      title: 'is a function that it imports',
      source: 'import { format } from "money"\nexport { format as default }',
      result: '1.60',
    },
    {
      title: 'imports all of it',
      source:
        'import * as m from "money"\nexport default () => [Object.keys(m), m.rest, String(m[Symbol.toStringTag])]',
      result: [
        ['Coin', 'a', 'add', 'c', 'count', 'default', 'format', 'half', 'how many', 'rest'],
        { d: 3 },
        'Module',
      ],
    },
    {
      title: 'sees a variable change in all of it, and not in an import of its own',
      source:
        'import * as m from "money"\nimport { count, "how many" as many } from "money"\nexport default () => [m.add(), m.count, count, many]',
      result: [1, 1, 0, 0],
    },
    {
      title: 'imports what a module exports of others',
      source:
        'import { format, up, money } from "both"\nexport default (n) => [format(n), up(n), money.default(n)]',
      result: ['1.60', 2, '€2'],
    },
    {
      title: 'imports CommonJS as Node does',
      source:
        'import list, { pair } from "list"\nimport * as all from "list"\nexport default (n) => [list(n), pair(n, 1), Object.keys(all).sort(), all.default === list]',
      result: [[1.6], [1.6, 1], ['default', 'pair'], true],
    },
    {
      title: 'requires CommonJS and ESM, as an expression',
      source:
        '(n) => [require("list")(n), require("money").default(n), require("list") === require("list")]',
      result: [[1.6], '€2', true],
    },
    {
      title: 'requires in ESM what is told from its file',
      source: 'import { half } from "./lib/half.js"\nexport default (n) => half(n)',
      result: [0.8],
    },
    {
      title: 'requires by a name that it computes',
      source: '(n, name) => require(name)(n)',
      result: [1.6],
    },
    {
      title: 'finds its require among the globals, too',
      source: '(n) => globalThis.require("list")(n)',
      result: [1.6],
    },
    {
      title: 'is told what it may not require, by a name that it computes',
      source:
        '(n, name) => { try { require(`node:${name}`) } catch (e) { return [e.name, e.message] } }',
      result: ['Error', "require 'node:list' not allowed within sandbox"],
    },
    {
      title: 'imports TypeScript',
      source: 'import typed from "typed"\nexport default (n: number) => typed({ n })',
      result: 1.6,
    },
    {
      title: 'waits for what a module waits for',
      source: 'import plus from "promised"\nexport default (n) => plus(n)',
      result: 2.6,
    },
    {
      title: 'has modules evaluated once, each after those that it imports',
      source:
        'import { order } from "first"\nimport { told } from "third"\nexport default () => [order, told]',
      result: [
        ['third', 'second'],
        ['third', 'second'],
      ],
    },
    {
      title: 'may name a variable require, and what is no function of ours',
      source: '(n) => { const require = (a) => a + n; return require(1) }',
      result: 2.6,
    },
    {
      title: 'gets frozen things',
      source:
        'import * as m from "money"\nexport default () => [m, require, require("both")].map((o) => Object.isFrozen(o))',
      result: [true, true, true],
    },
  ])('$title', async ({ source, result }) => {
    expect(await run(source, 1.6, 'list')).toEqual(result)
  })

  it.each([
    {
      title: 'of ESM have functions at first, and the rest when the circle is closed',
      source:
        'import { isEven, seen } from "even"\nimport { early, late } from "odd"\nexport default () => [isEven(4), isEven(3), seen, early, late()]',
      result: [true, false, 'undefined', ['undefined', 'even'], 'string'],
    },
    {
      title: 'of CommonJS have what there is',
      source: '() => [require("left"), require("right")]',
      result: [
        { early: 'right', name: 'left' },
        { name: 'right', other: [] },
      ],
    },
  ])('circles $title', async ({ source, result }) => {
    expect(await run(source)).toEqual(result)
  })

  it('keeps the state of its modules, and shares it with no other function', async () => {
    const source = '() => require("counter").next()'
    const first = host.compile(source, { name: 'first', timeoutMs: 1_000 })
    const second = host.compile(source, { name: 'second', timeoutMs: 1_000 })
    expect([await outcome(first.call([])), await outcome(first.call([]))]).toEqual([1, 2])
    expect(await outcome(second.call([]))).toBe(1)
  })

  it('knows which modules it can come to evaluate', () => {
    const names = (source: string) =>
      host.compile(source, { name: 'fn', timeoutMs: 1_000 }).modules.toSorted()
    expect(names('() => 1')).toEqual([])
    expect(names('import "money"\nexport default () => require("typed")')).toEqual([
      './round.js',
      'money',
      'typed',
    ])
    expect(names('(name) => require(name)')).toEqual(Object.keys(MODULES).toSorted())
  })

  it('has no require unless its source names it', async () => {
    expect(await run('() => typeof globalThis["req" + "uire"]')).toBe('undefined')
    expect(await run('() => typeof require')).toBe('function')
  })

  it('tells where a module threw, and where it was called', async () => {
    const source = 'import { half } from "money"\nexport default (n) =>\n  half({ n })'
    const fn = host.compile(source, { name: 'fn', timeoutMs: 1_000 })
    const error = await fn.call([1]).catch((caught: unknown) => caught)
    expect(error).toMatchObject({ code: 'POSTERN_SANDBOX_THREW', line: 3, column: 3 })
    expect((error as Error).message).toBe(
      "fn:3:3: TypeError: Cannot read properties of undefined (reading 'cents') (in money:5:15)",
    )
  })

  it('is told where a module failed, and evaluates it again when it asks again', async () => {
    const fn = host.compile('() => require("failing")', { name: 'fn', timeoutMs: 1_000 })
    for (let i = 0; i < 2; i++) {
      await expect(fn.call([])).rejects.toThrow('fn:1:7: Error: no function (in failing:2:7)')
    }
    const again =
      '() => { const n = []; for (let i = 0; i < 2; i++) try { require("failing") } catch (e) { n.push(e.name) } return n }'
    expect(await run(again)).toEqual(['Error', 'Error'])
  })

  it('keeps the modules that it was compiled with when others are compiled with their own', async () => {
    const source = '() => [require("list").version, typeof require]'
    const compiled = ['one', 'two'].map((version) =>
      host.compile(source, {
        name: version,
        timeoutMs: 1_000,
        modules: { list: `exports.version = '${version}'` },
      }),
    )
    const last = host.compile('() => require("list").pair(1, 2)', { name: 'f', timeoutMs: 1_000 })
    // Told in another order than compiled, and none evaluated before all are told.
    const calls = [last, ...compiled.toReversed()].map((fn) => outcome(fn.call([])))
    expect(await Promise.all(calls)).toEqual([
      [1, 2],
      ['two', 'function'],
      ['one', 'function'],
    ])
    const broken = { name: 'f', timeoutMs: 1_000, modules: { bad: 'export const = 1' } }
    expect(() => host.compile('() => 1', broken)).toThrow('bad:1:14')
    const none = { name: 'f', timeoutMs: 1_000, modules: {} }
    expect(() => host.compile('import "list"\nexport default () => 1', none)).toThrow('not allowed')
  })

  it('is told what CommonJS turned out not to export', async () => {
    const fn = host.compile('import { trio } from "list"\nexport default () => trio', {
      name: 'fn',
      timeoutMs: 1_000,
    })
    await expect(fn.call([])).rejects.toThrow("the module 'list' does not export 'trio'")
  })
})

describe('createFunctionHost() with modules', () => {
  afterEach(closeAll)

  it('refuses modules that cannot be used, with their place', () => {
    const modules = { fine: '', bad: 'export const a = 1\nimport "fs"' }
    expect(() => createFunctionHost({ mode: 'sandbox', modules })).toThrow(
      expect.objectContaining({
        code: 'POSTERN_SANDBOX_SYNTAX',
        message: "bad:2:8: require 'fs' not allowed within sandbox",
        line: 2,
        column: 8,
      }) as Error,
    )
  })

  it('charges a call for the modules that it evaluates, and later calls not', async () => {
    const modules = { loop: 'for (let i = 0; i < 50_000; i++) ;\nexport default 1' }
    const host = await open({ modules })
    const source = 'import one from "loop"\nexport default () => one'
    const limits = { name: 'fn', timeoutMs: 10_000 }
    const enough = host.compile(source, { ...limits, steps: 60_000 })
    expect(await outcome(enough.call([]))).toBe(1)
    expect(await outcome(enough.call([], null, 100))).toBe(1)
    const tooLittle = host.compile(source, { ...limits, steps: 40_000 })
    expect(await outcome(tooLittle.call([]))).toBe('POSTERN_SANDBOX_BUDGET')
  })

  const LONG = 'for (let i = 0; i < 300_000; i++) ;'

  it.each([
    {
      what: 'that caught so',
      modules: { a: `export let v\ntry { ${LONG} v = 1 } catch { v = 'half' }` },
      source: 'import { v } from "a"\nexport default () => v',
    },
    {
      what: 'of CommonJS that caught so',
      modules: { a: `try { ${LONG} exports.v = 1 } catch { exports.v = 'half' }` },
      source: '() => require("a").v',
    },
    {
      what: 'whose getter caught so',
      modules: {
        a: `Object.defineProperty(exports, 'v', { enumerable: true, get() { try { ${LONG} return 1 } catch { return 'half' } } })`,
        b: 'import { v } from "a"\nexport const kept = v',
      },
      source: '() => require("b").kept',
    },
    {
      what: 'in a circle with one that was done',
      modules: {
        a: `import { ask } from 'b'\n${LONG}\nexport const v = 1\nexport { ask }`,
        b: 'import { v } from "a"\nexport const ask = () => v ?? "half"',
      },
      source: '() => require("a").ask()',
    },
    {
      what: 'in a circle of CommonJS with one that was done',
      modules: {
        a: `exports.ask = require('b').ask\n${LONG}\nexports.v = 1`,
        b: 'const a = require("a")\nexports.ask = () => a.v ?? "half"',
      },
      source: '() => require("a").ask()',
    },
    {
      what: 'that is the function, which caught so',
      modules: {},
      source: `let v\ntry { ${LONG} v = 1 } catch { v = 'half' }\nexport default () => v`,
    },
  ])(
    'evaluates again what used up the budget: a module $what',
    async ({ modules, source }: { modules: ModuleSources; source: string }) => {
      const host = await open({ modules })
      const fn = host.compile(source, { name: 'fn', timeoutMs: 10_000, steps: 1_000_000 })
      expect(await outcome(fn.call([], null, 1_000))).toBe('POSTERN_SANDBOX_BUDGET')
      expect(await outcome(fn.call([]))).toBe(1)
    },
  )

  it('evaluates in a new process what was evaluated in one that ended', async () => {
    const modules = { counter: 'let n = 0\nexport const next = () => ++n' }
    const host = await open({ modules })
    const source = 'import { next } from "counter"\nexport default () => next()'
    const fn = host.compile(source, { name: 'fn', timeoutMs: 10_000 })
    expect([await outcome(fn.call([])), await outcome(fn.call([]))]).toEqual([1, 2])
    const { pid } = host
    process.kill(pid as number, 'SIGKILL')
    await expectGone(pid)
    expect(await outcome(fn.call([]))).toBe(1)
  })

  it('leaves mode on as it is', async () => {
    const modules = { 'node:path': 'export const sep = "?"', bad: 'import "x' }
    const host = await open({ mode: 'on', modules })
    const source = 'import { sep } from "node:path"\nexport default () => [sep, typeof require]'
    const fn = host.compile(source, { name: 'fn', timeoutMs: 10_000 })
    expect(await outcome(fn.call([]))).toEqual(['/', 'function'])
  })
})
