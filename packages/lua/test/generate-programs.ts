// Programs nobody wrote: expressions and small loops from a seed, for the comparison with lua5.1.

/** A program that prints what a few random expressions make of a few variables. */
export function randomProgram(seed: number): string {
  const random = generator(seed)
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)] as T
  const atom = (): string => pick(ATOMS)
  const expression = (depth: number): string => {
    if (depth <= 0 || random() < 0.2) return atom()
    const a = expression(depth - 1)
    const b = expression(depth - 1)
    return pick([
      () => `(${a} ${pick(OPERATORS)} ${b})`,
      () => `(${a} ${pick(OPERATORS)} ${b})`,
      () => `${pick(UNARY)}(${a})`,
      () => `id(${a}, ${b})`,
      () => `(id(${a}, ${b}))`,
      () => `({${a}, ${b}, k = ${a}})${pick(['[1]', '[2]', '.k', '[3]', '.none'])}`,
      () => `text(${a}):${pick(METHODS)}`,
      () =>
        `(function(x, ...) local y = ... return ${pick(['x', 'y', 'x, y', '...'])} end)(${a}, ${b})`,
    ])()
  }
  const lines: string[] = []
  for (let i = 0; i < 6; i++) lines.push(statement(i, expression, pick))
  return `${HEAD}${lines.join('\n')}`
}

function statement(
  i: number,
  expression: (depth: number) => string,
  pick: <T>(items: readonly T[]) => T,
): string {
  const e = expression(3)
  return pick([
    () => `print(${i}, pcall(function() return ${e} end))`,
    () =>
      `print(${i}, pcall(function() local r = {} for i = 1, 3 do n = i r[i] = tostring(${e}) end return table.concat(r, " ") end))`,
    () => `print(${i}, pcall(function() if ${e} then return "then" else return "else" end end))`,
    () => `print(${i}, pcall(function() local v = ${e} t.x, n = v, 4 return t.x, n end))`,
    () =>
      `print(${i}, pcall(function() while ${e} do n = n + 1 if n > 5 then break end end return n end))`,
    () =>
      `print(${i}, pcall(function() local c = 0 for k, v in pairs({${e}, ${expression(1)}}) do c = c + k end return c end))`,
  ])()
}

const HEAD = `local n, s, t, b = 3, "7", {1, 2, x = "tx"}, true
local function id(...) return ... end
local function text(v) return type(v) == "table" and "table" or tostring(v) end
`
const ATOMS = '1 2 0 -3 2.5 "10" "ab" "" nil true false n s t b t.x t.y t[1] #t #s'.split(' ')
const OPERATORS = '+ - * / % ^ .. == ~= < > <= >= and or'.split(' ')
const UNARY = ['not ', '- ', '#'] as const
const METHODS = ['len()', 'upper()', 'sub(2)', 'rep(2)', 'find("1")', 'gsub("%d", "<%0>")'] as const

/** Numbers from 0 up to 1, the same for the same seed. */
function generator(seed: number): () => number {
  let state = seed * 2654435761 + 1
  return () => {
    state = (Math.imul(state ^ (state >>> 15), 2246822519) + 0x9e3779b9) | 0
    return ((state ^ (state >>> 13)) >>> 0) / 2 ** 32
  }
}
