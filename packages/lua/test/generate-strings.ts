// Programs about the string library, from a seed, for the comparison with lua5.1: what `format`
// writes, what patterns find, what the functions on bytes answer.
import { type Choice, choiceFrom } from './random-choice.ts'

/** Directives of every kind with numbers and texts of every kind. */
export function formatProgram(seed: number): string {
  const choice = choiceFrom(seed)
  return lines(choice, () => {
    const directives: string[] = []
    const args: string[] = []
    for (let i = choice.between(1, 3); i > 0; i--) {
      const letter = choice.pick([...'cdiouxXeEfgGqs'])
      directives.push(directive(choice, letter))
      args.push(argument(choice, letter))
    }
    return `string.format(${quote(directives.join(choice.pick(['', ' ', '|', '%%'])))}, ${args.join(', ')})`
  })
}

function directive(choice: Choice, letter: string): string {
  if (letter === 'q') return '%q'
  const flags =
    letter === 'c' || letter === 's'
      ? ['', '', '-']
      : (FLAGS[letter] ?? ['', '-', '+', ' ', '0', '#', '-#', '+0', '-+'])
  const width = choice.pick(['', '', '1', '5', '12', '20'])
  const precision =
    letter === 'c' ? '' : choice.pick(['', '', '.', '.0', '.1', '.3', '.10', '.14', '.20'])
  return `%${choice.pick(flags)}${width}${precision}${letter}`
}

const INTEGER_FLAGS = ['', '', '-', '+', ' ', '0', '-+']
const UNSIGNED_FLAGS = ['', '', '-', '#', '0', '-#']
const FLAGS: Readonly<Record<string, readonly string[]>> = {
  d: INTEGER_FLAGS,
  i: INTEGER_FLAGS,
  u: ['', '-', '0'],
  o: UNSIGNED_FLAGS,
  x: UNSIGNED_FLAGS,
  X: UNSIGNED_FLAGS,
}

function argument(choice: Choice, letter: string): string {
  if (letter === 'q') return choice.pick(TEXTS)
  if (letter === 's')
    return choice.pick([...TEXTS.filter((text) => !text.includes('\\0')), ...NUMBERS])
  if (letter === 'c') return choice.pick(['65', '1', '48.9', '255', '"97"', '10'])
  if ('diouxX'.includes(letter))
    return choice.pick([...WHOLE, ...WHOLE, '3.99', '-0.5', '"12"', '" 0x10 "'])
  return choice.pick([...NUMBERS, ...NUMBERS, '"1e3"', '"x"', '{}'])
}

const TEXTS = [
  '""',
  '"abc"',
  '"a\\nb\\0c\\r\\"\\\\"',
  '"longer text than that"',
  '"\\195\\164\\127\\1"',
  '("ab"):rep(60)',
]
const WHOLE = [
  '0',
  '1',
  '-1',
  '42',
  '-42',
  '255',
  '65536',
  '2^31',
  '-2^31',
  '2^53',
  '1e15',
  '-1e15',
]
const NUMBERS = [
  '0',
  '1',
  '-1',
  '0.1',
  '2/3',
  '-2.5',
  '0.5',
  '1.5',
  '1e15',
  '1e16',
  '1e-5',
  '123456789.125',
  '1e100',
  '-1e-100',
  '5e-324',
  '1.7976931348623157e308',
  '1/0',
  '-1/0',
  '99999.5',
  '0.00001234',
  '1e21',
  '123456789012345680000',
]

/** Patterns of every construct against texts that they nearly match. */
export function patternProgram(seed: number): string {
  const choice = choiceFrom(seed)
  return lines(choice, () => {
    const text = quote(
      choice.several(0, 14, '', () =>
        choice.pick([...'aab b,12(x)-_.A%[]^$ ', '\\n', '\\0', '\\200']),
      ),
    )
    const pattern = quote(randomPattern(choice))
    const from = choice.pick(['', '', '', ', 3', ', -3', ', 0', ', 100', ', -100'])
    const replacement = choice.pick([
      '"<%0>"',
      '"%1"',
      '"%2%1"',
      '"%%"',
      '""',
      'function(...) return select("#", ...) end',
      'function(a, b) return b end',
      'function() return false end',
      '{a = "A", b = 1, ["1"] = false}',
      '{}',
      'string.upper',
      '"%9"',
    ])
    const most = choice.pick(['', '', ', 0', ', 1', ', 2', ', -1'])
    return choice.pick([
      `string.find(${text}, ${pattern}${from})`,
      `string.match(${text}, ${pattern}${from})`,
      `string.gsub(${text}, ${pattern}, ${replacement}${most})`,
      `(function() local r = {} for a, b in string.gmatch(${text}, ${pattern}) do r[#r + 1] = tostring(a) .. ":" .. tostring(b) if #r > 30 then break end end return table.concat(r, "/") end)()`,
    ])
  })
}

function randomPattern(choice: Choice): string {
  const single = (): string =>
    choice.pick([
      'a',
      'b',
      'x',
      '1',
      '.',
      '%a',
      '%d',
      '%s',
      '%w',
      '%W',
      '%p',
      '%u',
      '%l',
      '%x',
      '%c',
      '%z',
      '%D',
      '%.',
      '%%',
      '%-',
      '[ab]',
      '[^ab]',
      '[a-c]',
      '[%d%s]',
      '[^%w]',
      '[]]',
      '[^]]',
      '[a-]',
      '[%-a]',
      '[a%]]',
      '[^%z]',
      '\\200',
      ' ',
    ])
  const item = (depth: number): string =>
    choice.pick([
      () => single(),
      () => single() + choice.pick(['*', '+', '-', '?']),
      () => single() + choice.pick(['*', '+', '-', '?']),
      () => (depth > 0 ? `(${choice.several(0, 3, '', () => item(depth - 1))})` : '()'),
      () =>
        choice.pick([
          '()',
          '%b()',
          '%b[]',
          '%baa',
          '%f[%w]',
          '%f[%W]',
          '%f[a]',
          '%1',
          '%2',
          '$',
          '^',
        ]),
      () => choice.pick([single(), single(), '%', '(', ')', '[', '%f', '%b', '[a', '[]', '%0']),
    ])()
  return (
    choice.pick(['', '', '', '^']) +
    choice.several(1, 4, '', () => item(2)) +
    choice.pick(['', '', '', '$'])
  )
}

/** Functions on the bytes of a string, with places before, in and after it. */
export function bytesProgram(seed: number): string {
  const choice = choiceFrom(seed)
  const text = (): string =>
    choice.pick([
      '""',
      '"a"',
      '"hello"',
      '"Hello World"',
      '"\\0\\1\\255"',
      '"a\\0b"',
      '12.5',
      '"\\228\\246"',
      '"  x  "',
      '("ab"):rep(20)',
    ])
  const place = (): string =>
    choice.pick([
      '0',
      '1',
      '2',
      '3',
      '-1',
      '-2',
      '-3',
      '5',
      '100',
      '-100',
      '2.7',
      '-0.5',
      '"2"',
      'nil',
      '1e10',
      '-1e10',
    ])
  return lines(choice, () =>
    choice.pick([
      () => `string.sub(${text()}, ${place()}, ${place()})`,
      () => `string.sub(${text()}, ${place()})`,
      () => `string.byte(${text()}, ${place()}, ${place()})`,
      () => `string.byte(${text()}, ${place()})`,
      () =>
        `string.find(${text()}, ${choice.pick(['"l"', '""', '"o W"', '"zz"', '"\\0"', '"."'])}, ${place()}, ${choice.pick(['true', 'false', '1', 'nil'])})`,
      () => `string.rep(${text()}, ${choice.pick(['0', '1', '3', '-1', '2.9', '"2"'])})`,
      () =>
        `string.upper(${text()}), string.lower(${text()}), string.reverse(${text()}), string.len(${text()})`,
      () =>
        `string.char(${choice.several(0, 4, ', ', () => choice.pick(['65', '0', '255', '"66"', '97.9', '256', '-1', 'nil']))})`,
      () => `${text()} .. ${text()}, ${text()} == ${text()}, #tostring(${text()})`,
      () => `pcall(function() return ${text()} < ${text()}, ${text()} <= ${text()} end)`,
      () =>
        `tonumber(${choice.pick(TONUMBER)}${choice.pick(['', '', ', 10', ', 16', ', 2', ', 36', ', 8'])})`,
      () =>
        `table.concat({${choice.several(0, 5, ', ', text)}}, ${choice.pick(['""', '", "', '1', 'nil'])}${choice.pick(['', ', 2', ', 2, 3', ', 1, 9', ', 5, 1'])})`,
      () => `string.format("%q", ${text()})`,
    ])(),
  )
}

const TONUMBER = [
  '"10"',
  '"ff"',
  '"0x1p4"',
  '"0xA"',
  '"1e5"',
  '" 12 "',
  '"1 2"',
  '"z"',
  '""',
  '"+7"',
  '"1."',
  '".5"',
  '"."',
  '"0x"',
  '"inf"',
  '"nan"',
  '"1e400"',
  '12',
  '"7fffffff"',
  '"\\t8\\n"',
  'nil',
  '{}',
  '"1_000"',
  '"١"',
]

/** Prints what each of eight expressions gives, or the error it ends with. */
function lines(_: Choice, expression: () => string): string {
  const parts = Array.from({ length: 8 }, (__, i) => {
    return `print(${i}, pcall(function() return ${expression()} end))`
  })
  return parts.join('\n')
}

function quote(text: string): string {
  return `"${text.replaceAll('"', '\\"')}"`
}
