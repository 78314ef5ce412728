import { allocateString, scan, spend } from '../runtime/budget.ts'
import { exponential, fixed, shortest } from '../runtime/number-text.ts'
import { raise } from '../runtime/position.ts'
import { toText } from '../runtime/to-text.ts'
import type { LuaValue } from '../runtime/value.ts'
import { badArgument, checkNumber, checkString } from './arguments.ts'

/** What a directive costs, one for a fraction besides, and one with more digits than a double has. */
const DIRECTIVE_STEPS = 40
const FLOAT_STEPS = 100
const EXACT_STEPS = 300
const DOUBLE_DIGITS = 17

interface Directive {
  readonly flags: string
  readonly width: number
  /** -1 when the directive has none. */
  readonly precision: number
  readonly letter: string
}

/** `string.format`. */
export function format(...args: LuaValue[]): string {
  const text = checkString(args[0], 1, 'format', args.length)
  scan(text.length)
  let result = ''
  let next = 1
  for (let at = 0; at < text.length; ) {
    const percent = text.indexOf('%', at)
    if (percent < 0) return result + text.slice(at)
    result += text.slice(at, percent)
    if (text[percent + 1] === '%') {
      result += '%'
      at = percent + 2
      continue
    }
    const { directive, end } = readDirective(text, percent + 1)
    spend(DIRECTIVE_STEPS + directive.width)
    if (next >= args.length) throw badArgument(next + 1, 'format', 'no value')
    const piece = write(directive, args[next], ++next)
    allocateString(piece.length)
    result += piece
    at = end
  }
  return result
}

function readDirective(text: string, start: number): { directive: Directive; end: number } {
  let at = start
  while (at < text.length && '-+ #0'.includes(text[at] as string)) at++
  const flags = text.slice(start, at)
  if (flags.length > 5) throw raise('invalid format (repeated flags)')
  const width = readDigits(text, at)
  at += width.length
  let precision = ''
  const hasPrecision = text[at] === '.'
  if (hasPrecision) {
    precision = readDigits(text, ++at)
    at += precision.length
  }
  if (/\d/.test(text[at] ?? '')) throw raise('invalid format (width or precision too long)')
  const letter = text[at] ?? ''
  const directive = {
    flags,
    width: Number(width),
    precision: hasPrecision ? Number(precision) : -1,
    letter,
  }
  return { directive, end: at + 1 }
}

/** At most two digits; a third is one too many. */
function readDigits(text: string, at: number): string {
  return /^\d{0,2}/.exec(text.slice(at, at + 2))?.[0] ?? ''
}

function write(directive: Directive, value: LuaValue, position: number): string {
  switch (directive.letter) {
    case 'c':
      return pad(String.fromCharCode(checkNumber(value, position, 'format') & 255), directive)
    case 'd':
    case 'i':
      return writeInteger(checkNumber(value, position, 'format'), directive)
    case 'o':
    case 'u':
    case 'x':
    case 'X':
      return writeUnsigned(checkNumber(value, position, 'format'), directive)
    case 'e':
    case 'E':
    case 'f':
    case 'g':
    case 'G':
      return writeFloat(checkNumber(value, position, 'format'), directive)
    case 'q':
      return quote(checkString(value, position, 'format'))
    case 's':
      // Lua 5.1 takes strings and numbers only; LuaJIT, which Kong runs, all that has a text.
      return writeString(toText(value), directive)
    default:
      throw raise(`invalid option '%${directive.letter}' to 'format'`)
  }
}

function writeString(text: string, directive: Directive): string {
  const cut = directive.precision >= 0 ? text.slice(0, directive.precision) : text
  return pad(cut, directive)
}

function writeInteger(value: number, directive: Directive): string {
  const whole = asWhole(value)
  const digits = zeros(String(whole < 0n ? -whole : whole), directive)
  return signed(digits, whole < 0n, directive, directive.precision < 0)
}

/** A negative number is shown as the 64-bit pattern it is in C. */
function writeUnsigned(value: number, directive: Directive): string {
  const { letter, flags, precision } = directive
  const whole = BigInt.asUintN(64, asWhole(value))
  const radix = letter === 'o' ? 8 : letter === 'u' ? 10 : 16
  let digits = zeros(whole.toString(radix), directive)
  let prefix = ''
  if (flags.includes('#')) {
    if (radix === 16 && whole !== 0n) prefix = '0x'
    else if (radix === 8 && digits[0] !== '0') digits = `0${digits}`
  }
  const text = fill(prefix, digits, directive, precision < 0)
  return letter === 'X' ? text.toUpperCase() : text
}

/** What C makes of a double that does not fit is the smallest whole number. */
function asWhole(value: number): bigint {
  const whole = Math.trunc(value)
  const fits = whole >= -(2 ** 63) && whole < 2 ** 63
  return fits ? BigInt(whole) : -(2n ** 63n)
}

function zeros(digits: string, { precision }: Directive): string {
  if (precision === 0 && digits === '0') return ''
  return digits.padStart(precision, '0')
}

function writeFloat(value: number, directive: Directive): string {
  const { letter, precision, flags } = directive
  const isNegative = value < 0 || Object.is(value, -0)
  const digits = precision < 0 ? 6 : precision
  spend((digits < DOUBLE_DIGITS ? FLOAT_STEPS : EXACT_STEPS) + digits * 4)
  const size = Math.abs(value)
  let text: string
  if (!Number.isFinite(size)) text = Number.isNaN(size) ? 'nan' : 'inf'
  else if (letter === 'f') text = fixed(size, digits)
  else if (letter === 'e' || letter === 'E') text = exponential(size, digits)
  else text = shortest(size, digits, flags.includes('#'))
  if (flags.includes('#') && digits === 0 && letter !== 'g' && letter !== 'G') {
    text = text.replace(/^(\d+)/, '$1.')
  }
  const shown = signed(text, isNegative, directive, Number.isFinite(size))
  return letter === 'E' || letter === 'G' ? shown.toUpperCase() : shown
}

function signed(
  digits: string,
  isNegative: boolean,
  directive: Directive,
  mayFillWithZeros: boolean,
): string {
  const { flags } = directive
  const plus = flags.includes('+') ? '+' : flags.includes(' ') ? ' ' : ''
  return fill(isNegative ? '-' : plus, digits, directive, mayFillWithZeros)
}

function fill(prefix: string, digits: string, directive: Directive, mayUseZeros: boolean): string {
  const { flags, width } = directive
  const usesZeros = mayUseZeros && flags.includes('0') && !flags.includes('-')
  const body = usesZeros ? digits.padStart(width - prefix.length, '0') : digits
  return pad(prefix + body, directive)
}

function pad(text: string, { flags, width }: Directive): string {
  return flags.includes('-') ? text.padEnd(width) : text.padStart(width)
}

const QUOTED: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\n': '\\\n',
  '\r': '\\r',
  '\0': '\\000',
}

/** What a quoted character costs. */
const QUOTED_STEPS = 8

/** Place by place: the engine would find all places before it asked for the first replacement. */
function quote(text: string): string {
  allocateString(text.length * 2)
  let result = '"'
  let kept = 0
  QUOTABLE.lastIndex = 0
  while (QUOTABLE.test(text)) {
    spend(QUOTED_STEPS)
    const at = QUOTABLE.lastIndex - 1
    result += text.slice(kept, at) + (QUOTED[text[at] as string] as string)
    kept = at + 1
  }
  return `${result}${text.slice(kept)}"`
}

const QUOTABLE = /["\\\n\r\0]/g
