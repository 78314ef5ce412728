// Programs about tables, metatables and the libraries that work on them, from a seed, for the
// comparison with lua5.1. `#` is asked of lists without holes only: others have no one length.
import { choiceFrom } from './random-choice.ts'

/** Lists that grow, shrink, are sorted, joined and taken apart. */
export function listProgram(seed: number): string {
  const choice = choiceFrom(seed)
  const value = (): string =>
    choice.pick(['1', '2', '3', '7', '-1', '2.5', '"a"', '"b"', '"10"', '{}', 'true'])
  const number = (): string =>
    choice.pick(['1', '2', '3', '0', '-1', '5', '#t', '#t + 1', '2.6', '"1"'])
  const order = (): string =>
    choice.pick([
      '',
      ', function(a, b) return tostring(a) < tostring(b) end',
      ', function(a, b) return tostring(a) > tostring(b) end',
      ', function(a, b) return #tostring(a) < #tostring(b) end',
    ])
  const step = (): string =>
    choice.pick([
      () => `table.insert(t, ${value()})`,
      () => `table.insert(t, ${choice.pick(['1', '#t + 1', 'math.max(1, #t)'])}, ${value()})`,
      () => `table.remove(t)`,
      () => `table.remove(t, ${choice.pick(['1', '#t', '0', '99'])})`,
      () => `t[#t + 1] = ${value()}`,
      () => `t[#t] = nil`,
      () => `print(pcall(table.sort, t${order()}))`,
      () => `print(pcall(table.concat, t, ","))`,
      () => `print(pcall(table.concat, t, "-", ${number()}, ${number()}))`,
      () =>
        `print(select("#", unpack(t)), unpack(t, ${number()}, ${choice.pick(['2', '3', '#t', '5'])}))`,
      () => `print(table.getn(t), table.maxn(t), next(t) ~= nil)`,
      () => `local n = 0 for i, v in ipairs(t) do n = n + i end print(n)`,
      () => `local n = 0 for k, v in pairs(t) do n = n + k end print(n)`,
      () => `t.${choice.pick(['x', 'y'])} = ${value()} t.x, t.y = nil`,
      () => `table.foreachi(t, function(i, v) if i == 3 then return v end end)`,
      () => `t[${choice.pick(['1', '2'])}] = t[2] or 1 ; t[1] = t[1] or 0`,
    ])()
  const start = choice.several(1, 6, ', ', value)
  return `local function show(t) local r = {} for i = 1, #t do r[i] = (tostring(t[i]):gsub("0x%x+", "")) end return #t .. ":" .. table.concat(r, " ") end
local t = {${start}}
${Array.from({ length: 14 }, () => `do ${step()} print(show(t)) end`).join('\n')}`
}

const EVENTS = [
  '__add',
  '__sub',
  '__mul',
  '__div',
  '__mod',
  '__pow',
  '__unm',
  '__concat',
  '__len',
  '__eq',
  '__lt',
  '__le',
  '__index',
  '__newindex',
  '__call',
  '__tostring',
]

/** Objects with some metamethods, that tell how they were called, under every operator. */
export function metaProgram(seed: number): string {
  const choice = choiceFrom(seed)
  const head = `local function name(v) if type(v) == "table" then return rawget(v, "n") end return tostring(v) end
local function event(e) return function(a, b, c) if e == "__tostring" then return "text" end io.write(e, "(", name(a), ",", name(b), ",", name(c), ") ") ${choice.pick(['return e', 'return a', 'return 7', 'return nil', 'return false', 'return b'])} end end
local function make(n, ...) local m = {} for i = 1, select("#", ...) do local e = select(i, ...) m[e] = event(e) end return setmetatable({n = n}, m), m end
`
  const objects = ['a', 'b', 'c'].map((name) => {
    const events = choice.several(2, 8, ', ', () => `"${choice.pick(EVENTS)}"`)
    return `local ${name}, m${name} = make("${name}", ${events})`
  })
  const share = choice.pick([
    '',
    'setmetatable(b, ma)',
    'mb.__eq, mb.__lt, mb.__le = ma.__eq, ma.__lt, ma.__le',
    'ma.__index = c',
    'ma.__newindex = b',
    'ma.__metatable = "locked"',
    'ma.__call = print',
  ])
  const operand = (): string =>
    choice.pick(['a', 'b', 'c', 'a', 'b', '1', '"2"', '"s"', 'nil', 'true'])
  const parts = Array.from({ length: 10 }, (_, i) => {
    const body = choice.pick([
      () =>
        `return name(${operand()} ${choice.pick(['+', '-', '*', '/', '%', '^', '..', '..'])} ${operand()})`,
      () => `return ${operand()} ${choice.pick(['==', '~=', '<', '<=', '>', '>='])} ${operand()}`,
      () => `return name(-${operand()})`,
      () => `return name(#${choice.pick(['a', 'b', '"xyz"', '1'])})`,
      () => `return name(${choice.pick(['a', 'b', 'c'])}.${choice.pick(['zz', 'n', 'q'])})`,
      () =>
        `${choice.pick(['a', 'b', 'c'])}.${choice.pick(['zz', 'n2', 'n'])} = ${choice.pick(['"w"', '1', 'nil'])} return "set"`,
      () =>
        `return name((${choice.pick(['a', 'b', 'c', '1', '"s"'])})(${operand()}, ${operand()}))`,
      () => `return (tostring(${choice.pick(['a', 'b', 'c'])}):gsub("0x%x+", ""))`,
      () => `return type(getmetatable(${choice.pick(['a', 'b', '"s"', '1'])}))`,
      () => `return pcall(setmetatable, ${choice.pick(['a', 'b'])}, {})`,
      () => `return rawequal(${operand()}, ${operand()}), rawget(${choice.pick(['a', 'b'])}, "zz")`,
      () => `return name(${operand()} .. ${operand()} .. ${operand()})`,
      () =>
        `local r = {} for k in pairs(${choice.pick(['a', 'b', 'c'])}) do r[#r + 1] = k end table.sort(r) return table.concat(r, ",")`,
    ])()
    return `print(${i}, pcall(function() ${body} end))`
  })
  return `${head}${objects.join('\n')}\n${share}\n${parts.join('\n')}`
}

/** Keys of every kind, written and read back in other spellings of the same value. */
export function keyProgram(seed: number): string {
  const choice = choiceFrom(seed)
  const key = (): string =>
    choice.pick([
      '1',
      '2',
      '3',
      '1.0',
      '2^0',
      '-1',
      '0',
      '1.5',
      '"1"',
      '"x"',
      '"1.5"',
      'true',
      'false',
      'print',
      '2^53',
      '1e300',
      '1/0',
      '-1/0',
      '10',
      '4',
      '5',
    ])
  const parts = Array.from({ length: 14 }, (_, i) =>
    choice.pick([
      () => `t[${key()}] = ${choice.pick([String(i), String(i), 'nil'])}`,
      () => `print(${i}, t[${key()}], rawget(t, ${key()}))`,
      () => `local n, s = 0, 0 for k, v in pairs(t) do n = n + 1 s = s + v end print(${i}, n, s)`,
      () =>
        `for k in pairs(t) do if ${choice.pick(['type(k) == "number"', 'true', 'k ~= 1'])} then t[k] = nil end end print(${i}, next(t) == nil)`,
      () =>
        `print(${i}, pcall(function() t[${choice.pick(['nil', '0/0', 'key', key()])}] = ${i} end))`,
      () => `print(${i}, pcall(next, t, ${choice.pick(['"gone"', '77'])}))`,
      () =>
        `local u = {${choice.several(0, 4, ', ', () => choice.pick([`[${key()}] = ${i}`, `${i}`, `x = ${i}`]))}} print(${i}, u[1], u[2], u.x, u[1.5], u[true])`,
      () => `print(${i}, table.maxn(t))`,
    ])(),
  )
  return `local t, key = {}\n${parts.map((part) => `do ${part} end`).join('\n')}`
}
