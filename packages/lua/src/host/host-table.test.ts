import { describe, expect, it } from 'vitest'
import { createLua } from '../lua.ts'
import {
  hostTable,
  type HostValue,
  LuaReference,
  takesUnsendable,
  Unsendable,
} from './host-value.ts'

function run(source: string, globals: Readonly<Record<string, HostValue>>): HostValue[] {
  return createLua({ globals }).compile(source).call()
}

function refuse(): never {
  throw new Error('no request')
}

describe('pairs over a table of the host', () => {
  it('goes over the keys it is told, and over fields', () => {
    const state: Record<string, number> = { a: 1, b: 2 }
    const table = hostTable({
      get: (key) => state[key],
      set: (key, value) => void (state[key] = value as number),
      keys: () => Object.keys(state),
      fields: { own: 3 },
      text: 'mine',
    })
    const source =
      'local r = {} for k, v in pairs(t) do r[k] = v t[k] = nil end return r, tostring(t)'
    const answer = createLua({ globals: { t: table } })
      .compile(source)
      .call()
    expect(answer).toEqual([{ a: 1, b: 2, own: 3 }, 'mine'])
  })

  it('is what leaves Lua, too, where there are no fields', () => {
    const t = hostTable({
      get: (key) => (key === 'none' ? undefined : { key }),
      keys: () => ['a', 'none'],
    })
    expect(run('return { 1, t = t }', { t })).toEqual([{ 1: 1, t: { a: { key: 'a' } } }])
  })

  it.each([
    ['keys', { keys: () => refuse(), get: () => 1 }],
    ['get', { keys: () => ['a'], get: () => refuse() }],
  ])('is a Lua error where %s fails, whatever was asked', (_, access) => {
    const globals = { t: hostTable(access), take: () => true }
    expect(run('return pcall(pairs, t)', globals)).toEqual([false, 'no request'])
    expect(run('return pcall(take, t)', globals)).toEqual([false, 'no request'])
  })

  it('leaves Lua within the budget where it holds itself', () => {
    const t: HostValue = hostTable({ get: () => t, keys: () => ['a', 'b'] })
    expect(() => run('return t', { t })).toThrow(/ran out of|nested in more than/)
  })

  it('pays for each key', () => {
    const table = hostTable({ get: () => 1, keys: () => Array.from({ length: 5000 }, (_, i) => i) })
    const lua = createLua({ globals: { t: table }, fuel: 100_000 })
    expect(() => lua.compile('for k in pairs(t) do end').call()).toThrow('ran out of steps')
  })
})

describe('hostTable()', () => {
  it.each<[what: string, source: string, answer: HostValue[]]>([
    ['a field', 'return t.field', ['there']],
    ['what is no field', 'return t.other', ['asked: other']],
    ['a number', 'return t[2]', ['asked: 2']],
    ['its fields by pairs', 'for k, v in pairs(t) do return k, v end', ['field', 'there']],
    ['itself as a function', 'return t("a", 2)', ['called with a, 2']],
  ])('shows %s', (_, source, answer) => {
    const t = hostTable({
      fields: { field: 'there' },
      get: (key) => `asked: ${key}`,
      call: (...args) => `called with ${args.join(', ')}`,
    })
    expect(run(source, { t })).toEqual(answer)
  })

  it('is told of writes', () => {
    const told: unknown[] = []
    run('t.a = { 1 } t[2] = "b"', {
      t: hostTable({ set: (key, value) => void told.push([key, value]) }),
    })
    expect(told).toEqual([
      ['a', [1]],
      [2, 'b'],
    ])
  })

  it.each(['t.a = 1', 't.field = nil t.field = 1'])('refuses a write without set: %s', (source) => {
    const t = hostTable({ fields: {} })
    expect(() => run(source, { t })).toThrow('attempt to change a read-only table')
  })
})

describe('a table that keeps references', () => {
  function keeping() {
    const kept = new Map<string | number, HostValue>()
    const t = hostTable({
      keepsReferences: true,
      get: (key) => kept.get(key),
      set: (key, value) => void kept.set(key, value),
    })
    return { kept, t }
  }

  it.each<[source: string, answer: HostValue[]]>([
    ['t.a = {} t.a.b = 1 return t.a.b', [1]],
    ['t.a = {} t.a[1] = "x" return #t.a', [1]],
    ['local x = {} t.a = x return t.a == x', [true]],
    ['t.f = function() return 7 end return t.f()', [7]],
    ['t.a = 5 return t.a', [5]],
  ])('gives back the very same: %s', (source, answer) => {
    expect(run(source, { t: keeping().t })).toEqual(answer)
  })

  it('gives one chunk what another has kept', () => {
    const { t } = keeping()
    const lua = createLua({ globals: { t } })
    lua.compile('t.list = {} t.list.n = 1').call()
    expect(lua.compile('t.list.n = t.list.n + 1 return t.list.n').call()).toEqual([2])
  })

  it('shows the host a copy as it is now', () => {
    const { kept, t } = keeping()
    run('t.a = { b = 1 } t.a.b = 2', { t })
    const held = kept.get('a')
    expect(held instanceof LuaReference && held.copy()).toEqual({ b: 2 })
  })

  it('has no copy of what has no form outside', () => {
    const { kept, t } = keeping()
    run('t.a = {} t.a.a = t.a', { t })
    const held = kept.get('a')
    expect(held instanceof LuaReference ? held.copy() : 'no reference').toBeUndefined()
  })
})

describe('a Map', () => {
  it.each<[source: string, answer: HostValue[]]>([
    ['return m[0], m[1], m.a, m["1"]', ['zero', 'one', 'x', undefined]],
    ['return #m', [1]],
    ['return m', [{ '0': 'zero', '1': 'one', a: 'x' }]],
  ])('keeps its keys: %s', (source, answer) => {
    const entries: [string | number, HostValue][] = [
      [0, 'zero'],
      [1, 'one'],
      ['a', 'x'],
    ]
    expect(run(source, { m: new Map(entries) })).toEqual(answer)
  })
})

describe('takesUnsendable()', () => {
  it.each([
    ['{ [true] = 1 }', 'a table with a boolean as key cannot leave Lua'],
    [
      '(function() local t = {} t.t = t return t end)()',
      'a table is nested in more than 1000 others',
    ],
    ['coroutine.create(print)', 'a thread cannot leave Lua'],
  ])('tells the host about %s', (value, reason) => {
    const seen: unknown[] = []
    run(`take(${value})`, { take: takesUnsendable((given) => void seen.push(given)) })
    expect(seen[0] instanceof Unsendable && seen[0].reason).toContain(reason)
  })

  it('is an error where the host did not ask', () => {
    expect(() => run('take({ [true] = 1 })', { take: () => undefined })).toThrow('cannot leave Lua')
  })
})

describe('lists on their way out', () => {
  it.each<[source: string, answer: HostValue]>([
    ['{ 1, nil, 3 }', [1, null, 3]],
    ['{ [1] = "a", [40] = "z" }', ['a', ...Array<null>(38).fill(null), 'z']],
    ['{ [40000] = "z" }', { '40000': 'z' }],
    ['setmetatable({}, require("cjson").array_mt)', []],
    ['{}', {}],
  ])('%s', (source, answer) => {
    const lua = createLua({ extraGlobals: ['setmetatable'] })
    expect(lua.compile(`return ${source}`).call()).toEqual([answer])
  })
})
