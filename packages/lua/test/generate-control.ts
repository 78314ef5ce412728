// Programs about statements, functions, errors, coroutines and numbers, from a seed, for the
// comparison with lua5.1.
import { choiceFrom } from './random-choice.ts'

/** Nested blocks, loops, closures and assignments over a few variables. */
export function statementProgram(seed: number): string {
  const choice = choiceFrom(seed)
  const variable = (): string => choice.pick(['a', 'b', 'c', 'd'])
  const value = (): string =>
    choice.pick([
      '1',
      '2',
      'a',
      'b',
      'c',
      '(a or 0) + 1',
      'tostring(b)',
      '#tostring(c)',
      'f and f(a)',
      '"s"',
      'nil',
      'false',
      'a == b',
      'not c',
      'g(a, b)',
      '(g(a, b))',
    ])
  const block = (depth: number): string => choice.several(1, 3, ' ', () => statement(depth))
  const statement = (depth: number): string => {
    if (depth <= 0) return simple()
    return choice.pick([
      simple,
      () =>
        `if ${value()} then ${block(depth - 1)} elseif ${value()} then ${block(depth - 1)} else ${block(depth - 1)} end`,
      () =>
        `for i = ${choice.pick(['1, 3', '3, 1, -1', '1, 2, 0.5', '1, 0', '0.1, 0.5, 0.2'])} do out(i) ${block(depth - 1)} ${choice.pick(['', 'if i == 2 then break end', 'do break end'])} end`,
      () =>
        `do local k = 0 while k < 3 do k = k + 1 ${block(depth - 1)} ${choice.pick(['', 'if a then break end'])} end end`,
      () => `do local k = 0 repeat local last = k > 1 k = k + 1 ${block(depth - 1)} until last end`,
      () =>
        `for k, v in ${choice.pick(['ipairs({5, 6})', 'pairs({9})', 'function(s, c) c = (c or 0) + 1 if c < 3 then return c, c * 2 end end'])} do out(k, v) ${block(depth - 1)} end`,
      () =>
        `do local function h(x, ...) ${block(depth - 1)} return ${choice.pick(['x', 'x, ...', '...', '(...)', 'select("#", ...)', 'a'])} end out(h(${value()}, ${value()}, ${value()})) end`,
      () => `do local ${variable()} = ${value()} ${block(depth - 1)} out(a, b, c, d) end`,
      () => `fs[#fs + 1] = function() ${block(depth - 1)} return a end`,
    ])()
  }
  const simple = (): string =>
    choice.pick([
      () => `${variable()} = ${value()}`,
      () => `${variable()}, ${variable()} = ${value()}, ${value()}`,
      () => `a, b, c = ${choice.pick(['g(1, 2)', '(g(1, 2))', 'g(1), 5', 'c, a, b', 'nil'])}`,
      () => `local ${variable()}, ${variable()} = ${value()}, ${value()}`,
      () => `out(${value()}, ${value()})`,
      () => `t.x, t[1], t.x = ${value()}, ${value()}, ${value()} out(t.x, t[1])`,
    ])()
  return `local a, b, c, d, t, fs = 1, "b", nil, false, {}, {}
local lines = 0
local function out(...) lines = lines + 1 if lines < 60 then print(...) end end
local function g(...) return ... end
local function f(x) return x end
print(pcall(function() ${Array.from({ length: 4 }, () => statement(3)).join('\n')} end))
for i = 1, math.min(#fs, 3) do print(pcall(fs[i])) end
print(a, b, c, d)`
}

/** Errors of every kind at every level, caught in every way. */
export function errorProgram(seed: number): string {
  const choice = choiceFrom(seed)
  const value = (): string =>
    choice.pick([
      '"msg"',
      '"msg"',
      '42',
      'nil',
      'false',
      '{}',
      'setmetatable({}, {__tostring = function() return "obj" end})',
      'print',
    ])
  const raise = (): string =>
    choice.pick([
      () => `error(${value()})`,
      () => `error(${value()}, ${choice.pick(['0', '1', '2'])})`,
      () =>
        `assert(${choice.pick(['false', 'nil', '1', 'nil, "why"', 'false, 12', 'false, nil'])})`,
      () =>
        `local x = ${choice.pick(['nil', '1', '"s"', '{}', 'true', 'print'])} ${choice.pick(['x()', 'x.y = 1', 'return x.y.z', 'return x + 1', 'return x .. "s"', 'return #x', 'return x < 1', 'x:m()', 'return -x', 'for i = x, 2 do end', 'return x[nil]', 'x[nil] = 1'])}`,
      () => `undefined${choice.pick(['()', '.x = 1', '.a.b = 1', ':m()', '[1]()'])}`,
      () =>
        `t.${choice.pick(['a()', 'a.b()', 'a.b = 1', 'm:n()', 'x = t.a + 1', 'x = t.a .. ""'])}`,
      () => `string.rep(${choice.pick(['', '{}', '"x"', '"x", {}'])})`,
      () =>
        `("x"):${choice.pick(['bad()', 'rep()', 'rep({})', 'format()', 'sub({})', 'byte("x")'])}`,
      () =>
        `${choice.pick(['setmetatable(1, {})', 'ipairs()', 'tonumber()', 'table.insert(1)', 'table.concat({{}})', 'math.floor("x")', 'unpack()', 'select(0)', 'next({}, 1)', 'rawset({}, nil, 1)'])}`,
    ])()
  const catcher = (body: string): string =>
    choice.pick([
      () => `pcall(function() ${body} end)`,
      () => `pcall(function() local function inner() ${body} end inner() end)`,
      () => `pcall(function() local r = (function() ${body} end)() return r end)`,
      () => `xpcall(function() ${body} end, function(e) return "handled " .. show(e) end)`,
      () =>
        `xpcall(function() ${body} end, function(e) ${choice.pick(['error("again")', 'return nil', 'return e, 2'])} end)`,
      () => `pcall(pcall, function() ${body} end)`,
      () => `coroutine.resume(coroutine.create(function() ${body} end))`,
      () => `pcall(coroutine.wrap(function() ${body} end))`,
      () => `pcall(string.gsub, "ab", ".", function() ${body} end)`,
      () => `pcall(table.sort, {3, 2, 1}, function(a, b) ${body} end)`,
      () => `pcall(function() local ok, e = pcall(function() ${body} end) error(e, 0) end)`,
      () => `pcall(setmetatable({}, {__call = function(self, x) ${body} end}), 1)`,
      () =>
        `pcall(function() return setmetatable({}, {__index = function(s, k) ${body} end}).key end)`,
    ])()
  const parts = Array.from({ length: 8 }, () => `print(all(${catcher(raise())}))`)
  return `local t = {}
local function show(v) if type(v) == "string" then return v end if type(v) == "table" or type(v) == "function" then return type(v) end return tostring(v) end
local function all(...) local r = {} for i = 1, select("#", ...) do r[i] = show((select(i, ...))) end return table.concat(r, " | ") end
${parts.join('\n')}`
}

/** Coroutines that yield, fail, resume each other and are asked for their state. */
export function coroutineProgram(seed: number): string {
  const choice = choiceFrom(seed)
  const step = (): string =>
    choice.pick([
      () => `out("got", coroutine.yield(${choice.pick(['1', '"y", 2', '', 'nil', '...', 'a'])}))`,
      () => `a = coroutine.yield(a)`,
      () => `local x, y = coroutine.yield("pair") out(x, y)`,
      () => `for i = 1, 2 do out(coroutine.yield(i)) end`,
      () => `out(pcall(error, "plain"))`,
      () => `error(${choice.pick(['"boom"', '{}', 'nil', '"at", 2'])})`,
      () => `out(coroutine.status(co), coroutine.running() ~= nil)`,
      () =>
        `for v in coroutine.wrap(function() for i = 1, 2 do coroutine.yield(i) end end) do out(v) coroutine.yield(v) end`,
      () => `out(coroutine.resume(co))`,
      () => `return ${choice.pick(['"done"', '1, 2', '', 'a', 'coroutine.yield("tail")'])}`,
      () => `out(pcall(table.sort, {2, 1}, function(p, q) return p < q end))`,
      () =>
        `local inner = coroutine.create(function(...) out(...) out(coroutine.yield(9)) end) out(coroutine.resume(inner, 7)) coroutine.yield() out(coroutine.resume(inner, 8)) out(coroutine.status(inner))`,
    ])()
  const body = Array.from({ length: choice.between(1, 4) }, () => `do ${step()} end`).join('\n  ')
  const resumes = Array.from({ length: 6 }, () =>
    choice.pick([
      () =>
        `out("r", coroutine.resume(co, ${choice.pick(['', '1', '"x", "y"', 'nil', 'false'])}))`.replace(
          ', )',
          ')',
        ),
      () => `out("s", coroutine.status(co))`,
      () => `out("r", coroutine.resume(co))`,
    ])(),
  )
  const wrapped = choice.pick([
    '',
    'local w = coroutine.wrap(body) out(pcall(w, 5)) out(pcall(w, 6)) out(pcall(w)) out(pcall(w))',
  ])
  return `local co
local function show(v) if type(v) == "table" or type(v) == "function" or type(v) == "thread" then return type(v) end return tostring(v) end
local function out(...) local r = {} for i = 1, select("#", ...) do r[i] = show((select(i, ...))) end print(table.concat(r, " ")) end
local function body(a, ...)
  ${body}
end
co = coroutine.create(function(...) local r = body(...) return r end)
${resumes.join('\n')}
${wrapped}`
}

/** Arithmetic at the ends of what a double holds, as text and in loops. */
export function numberProgram(seed: number): string {
  const choice = choiceFrom(seed)
  const number = (): string =>
    choice.pick([
      '0',
      '1',
      '-1',
      '3',
      '7',
      '-7',
      '0.5',
      '-2.5',
      '1e15',
      '1e16',
      '2^31',
      '2^32',
      '-2^31',
      '2^53',
      '2^63',
      '1e308',
      '1e-308',
      '5e-324',
      '"10"',
      '" 5 "',
      '"0x1F"',
      '1/3',
      '100',
      '123456.789',
      '0xFF',
      '1e2',
      '3.',
      '.5',
    ])
  const parts = Array.from({ length: 9 }, (_, i) => {
    const body = choice.pick([
      () =>
        `return ${number()} ${choice.pick(['+', '-', '*', '/', '%', '^'])} ${number()} ${choice.pick(['+', '-', '*', '/'])} ${number()}`,
      () => `return tostring(${number()}), ${number()} .. "", ${number()} .. ${number()}`,
      () =>
        `return math.${choice.pick(['floor', 'ceil', 'abs', 'sqrt', 'modf', 'frexp'])}(${number()})`,
      () => `return math.${choice.pick(['fmod', 'max', 'min'])}(${number()}, ${number()})`,
      () => `return math.ldexp(${number()}, ${choice.pick(['0', '1', '-3', '10', '-1074'])})`,
      () =>
        `return ${number()} == ${number()}, ${choice.pick(['1', '2', '2^53'])} ${choice.pick(['<', '<=', '>', '>='])} ${choice.pick(['0', '1', '2^53 + 1', '0/0', '1/0'])}`,
      () =>
        `local n = 0 for i = ${choice.pick(['1', '0', '10', '-3', '"1"', '0.1'])}, ${choice.pick(['5', '1', '"3"', '-5', '1/0'])}, ${choice.pick(['1', '2', '-1', '0.3', '-0.7', '0.1'])} do n = n + i if n > 40 or n < -40 then break end end return n`,
      () =>
        `return -${choice.pick(['2', '"3"', '(-1)', '2 ^ 2', '(2 ^ 0.5)'])}, not ${number()}, - -3`,
      () =>
        `return tonumber(tostring(${number()})) == ${number()}, string.format("%.14g", ${number()}), string.format("%5.1f", ${number()})`,
      () =>
        `return math.floor(${number()} + 0.5), math.floor(-2.5), math.ceil(-0.5), 7 % -3, -7 % 3, 5.5 % -2, ${number()} % ${choice.pick(['2', '-2', '0.3', '1/0', '-1/0'])}`,
      () =>
        `return math.pi - 3.14159265358979 < 1e-14, math.huge == 1/0, ${choice.pick(['math.deg(1)', 'math.rad(90)', 'math.exp(1)', 'math.log(10)', 'math.log10(1000)', 'math.sin(1)', 'math.cos(0.5)', 'math.tan(1)', 'math.atan2(1, -1)', 'math.sinh(1)'])}`,
    ])()
    return `print(${i}, pcall(function() ${body} end))`
  })
  return parts.join('\n')
}
