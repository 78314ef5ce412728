/**
 * What the charges cost: work in a function host of mode `sandbox`, and the same in mode `on`, which
 * charges nothing. Run with `node --conditions=@postern/source bench/charges.bench.ts`.
 */
import { createFunctionHost } from '@postern/sandbox'

const WORK: Readonly<Record<string, string>> = {
  '3,000,000 turns of a loop that adds': 'let n = 0; for (let i = 0; i < 3e6; i++) n += i',
  '200,000 times += to a text': 'let t = ""; for (let i = 0; i < 2e5; i++) t += "ab"',
  '100 times map and filter of 1,000':
    'const a = Array.from({ length: 1000 }, (_, i) => i); for (let i = 0; i < 100; i++) a.map((x) => x + 1).filter((x) => x % 2 === 0)',
  '50,000 times map of 3': 'for (let i = 0; i < 5e4; i++) [1, 2, 3].map((x) => x + 1)',
  '50,000 times slice of 3': 'const a = [1, 2, 3]; for (let i = 0; i < 5e4; i++) a.slice(1)',
  '50,000 times forEach, some and reduce of 3':
    'const a = [1, 2, 3]; for (let i = 0; i < 5e4; i++) { a.forEach((x) => x); a.some((x) => x > 2); a.reduce((x, y) => x + y, 0) }',
  'recursion, 250,000 calls': 'const f = (n) => (n < 2 ? n : f(n - 1) + f(n - 2)); f(25)',
  'a list of 300,000 and an object':
    'const a = []; const o = {}; for (let i = 0; i < 3e5; i++) { a.push(i); o["k" + (i % 1000)] = i }',
  '30,000 times replace with a function':
    'for (let i = 0; i < 3e4; i++) "a-b-c".replace(/-/g, () => "+")',
  '50,000 times join, split and toUpperCase':
    'for (let i = 0; i < 5e4; i++) ["a", "b"].join("-").split("-")[0].toUpperCase()',
  '30,000 times Object.entries and fromEntries':
    'for (let i = 0; i < 3e4; i++) Object.fromEntries(Object.entries({ a: 1, b: 2, c: 3 }))',
  '30,000 times JSON both ways':
    'for (let i = 0; i < 3e4; i++) JSON.parse(JSON.stringify({ a: 1, b: "text", c: [1, 2] }))',
}
const ROUNDS = 7

const [sandbox, on] = [
  createFunctionHost({ mode: 'sandbox', spares: 0 }),
  createFunctionHost({ mode: 'on', spares: 0 }),
]
await Promise.all([sandbox.start(), on.start()])
console.log('ms in mode sandbox, in mode on, and their ratio; the middle of pairs')
for (const [name, work] of Object.entries(WORK)) {
  const options = { name, timeoutMs: 10_000, steps: 1e12 }
  const source = `() => { ${work}; return 0 }`
  const functions = [sandbox.compile(source, options), on.compile(source, options)] as const
  const pairs: [number, number][] = []
  for (let round = 0; round < ROUNDS; round++) {
    pairs.push([await msOf(functions[0]), await msOf(functions[1])])
  }
  // The first round compiles.
  const middle = pairs.slice(1).toSorted(([a, b], [c, d]) => a / b - c / d)[ROUNDS >> 1]
  const [confined = 0, free = 0] = middle ?? []
  const figures = [confined.toFixed(2), free.toFixed(2), (confined / free).toFixed(1)]
  console.log(name.padEnd(44), figures.map((figure) => figure.padStart(7)).join(' '))
}
await Promise.all([sandbox.close(), on.close()])

async function msOf(fn: { call(args: readonly unknown[]): Promise<unknown> }): Promise<number> {
  const startedAt = performance.now()
  await fn.call([])
  return performance.now() - startedAt
}
