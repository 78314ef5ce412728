import { runInThisContext } from 'node:vm'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compileFunction } from './compile-function.ts'
import { createMeteredValues } from './host/metered-values.ts'
import { createSyntaxMeter, type SyntaxMeter } from './host/syntax-meter.ts'

const PLAIN = createMeteredValues(() => {})

/** Runs compiled code here, where the meter is ours and counts. */
function run(source: string, ...args: unknown[]): { value: unknown; charges: number } {
  let charges = 0
  const { code } = compileFunction(source, { mode: 'sandbox' })
  const make = runInThisContext(code) as (...meter: SyntaxMeter) => (...args: unknown[]) => unknown
  const charge = (): void => {
    charges++
    if (charges > 1_000) throw new RangeError('charged too often')
  }
  const value = make(...createSyntaxMeter(charge, () => {}, PLAIN))(...args)
  return { value, charges }
}

describe('compileFunction()', () => {
  it.each([
    { source: '() => 7', value: 7, charges: 1 },
    { source: '() => ({ a: 7 })', value: { a: 7 }, charges: 1 },
    { source: '(n) => n ? 1 : 2', value: 2, charges: 1 },
    { source: 'function () { return 7 }', value: 7, charges: 1 },
    { source: '() => { for (let i = 0; i < 5; i++) ; return 7 }', value: 7, charges: 6 },
    { source: '() => { let i = 0; while (i < 5) i++; return i }', value: 5, charges: 6 },
    { source: '() => { let i = 0; do i++; while (i < 5); return i }', value: 5, charges: 6 },
    {
      source: '() => { let n = 0; for (const x of [1, 2]) n += x; return n }',
      value: 3,
      charges: 3,
    },
    {
      source: '() => { let n = ""; for (const k in { a: 1, b: 2 }) n += k; return n }',
      value: 'ab',
      charges: 3,
    },
    { source: '() => { for (;;) for (;;) return 7 }', value: 7, charges: 3 },
    { source: '() => { if (1) for (;;) { return 7 } else for (;;) ; }', value: 7, charges: 2 },
    { source: '() => [1, 2].map((x) => x + 1)', value: [2, 3], charges: 3 },
    { source: '() => { class A { get a() { return 7 } } return new A().a }', value: 7, charges: 2 },
    {
      source: '() => { class A { a = this.b(); b() { return 7 } } return new A().a }',
      value: 7,
      charges: 3,
    },
    {
      source:
        '() => { class A { a = () => 7; static b = class {} } return A.b.name + new A().a.name }',
      value: 'ba',
      charges: 1,
    },
    { source: '() => [...(function* () { yield 1 })()]', value: [1], charges: 2 },
    { source: '() => /* a */ "<!--" /* <!-- */ // "-->"\n', value: '<!--', charges: 1 },
    { source: 'export default () => 7', value: 7, charges: 1 },
    { source: 'let n = 1\nexport const m = 6\nexport default () => n + m', value: 7, charges: 1 },
    { source: 'export default function f() { return 7 }', value: 7, charges: 1 },
    { source: 'export default f\nfunction f() { return 7 }', value: 7, charges: 1 },
    { source: 'var f = () => 7\nexport { f as default }', value: 7, charges: 1 },
    { source: 'export { f as default, g }\nlet g = 7, f = () => g', value: 7, charges: 1 },
    { source: 'export { f as default }\nfunction f(): number { return 7 }', value: 7, charges: 1 },
    { source: '(): number => 7 as number', value: 7, charges: 1 },
    { source: '($charge = 3, $value = 4) => $charge + $value', value: 7, charges: 1 },
    {
      source: '() => "<!--" + `-->` + "import(" + /eval\\(/.source',
      value: '<!---->import(eval\\(',
      charges: 1,
    },
  ])('charges $charges times in $source', ({ source, value, charges }) => {
    expect(run(source)).toEqual({ value, charges })
  })

  it.each([
    'for (;;) ;',
    'for (;;) { try { for (;;) ; } catch { continue } finally { continue } }',
    'a: for (;;) { b: for (;;) { continue a } }',
    'do ; while (true)',
    'const f = () => { try { f() } catch {} f() }; f()',
    'for (const x of (function* () { for (;;) yield 1 })()) ;',
    'new Proxy({}, { get: (t, k, p) => p.x }).x',
  ])('ends %s', (body) => {
    expect(() => run(`() => { ${body} }`)).toThrow(RangeError)
  })

  it('keeps each line a line, and finds each place again', () => {
    const word = fc.constantFrom('a', '1', '"x"', 'f(a)', '() => a', '/* c */ a', '{ b: a }.b')
    const lines = fc.array(word, { minLength: 1, maxLength: 8 })
    fc.assert(
      fc.property(lines, (words) => {
        const body = words.map((expression, i) => `  const v${i} = (${expression})`).join('\n')
        const source = `(a, f) => {\n${body}\n  return MARK }`
        const compiled = compileFunction(source.replace('{ b: a }.b', 'a'), { mode: 'sandbox' })
        const rows = compiled.code.split('\n')
        const row = rows.findIndex((text) => text.includes('MARK'))
        expect(row).toBe(words.length + 1)
        const column = (rows[row] ?? '').indexOf('MARK') + 1
        expect(compiled.originalPosition({ line: row + 1, column })).toEqual({
          line: words.length + 2,
          column: 10,
        })
      }),
    )
  })

  it.each([
    { source: '() => 1', waits: false },
    { source: 'async () => 1', waits: true },
    { source: '() => Promise.resolve(1)', waits: true },
    { source: '() => ({ async a() {} })', waits: true },
  ])('tells that promises are possible in $source: $waits', ({ source, waits }) => {
    expect(compileFunction(source, { mode: 'sandbox' }).waits).toBe(waits)
  })
})
