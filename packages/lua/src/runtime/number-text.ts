import { spend } from './budget.ts'

/** What writing a number costs that is not a short whole one, and what exact arithmetic costs. */
const FRACTION_STEPS = 60
const EXACT_STEPS = 400

/** A number as Lua prints it: `%.14g`. */
export function numberText(value: number): string {
  if (Number.isInteger(value) && value < 1e14 && value > -1e14) {
    return value === 0 && 1 / value < 0 ? '-0' : String(value)
  }
  spend(FRACTION_STEPS)
  if (value !== value) return 'nan'
  if (value === Infinity) return 'inf'
  if (value === -Infinity) return '-inf'
  return shortest(value, 14, false)
}

/** `%g` of a finite number: at most `precision` digits, no zeros at the end unless `keepZeros`. */
export function shortest(value: number, precision: number, keepZeros: boolean): string {
  const digits = Math.max(1, precision)
  const scientific = exponential(value, digits - 1)
  const exponent = Number(scientific.slice(scientific.indexOf('e') + 1))
  if (exponent < -4 || exponent >= digits) {
    if (!keepZeros) return scientific.replace(/\.?0*e/, 'e')
    return digits === 1 ? scientific.replace('e', '.e') : scientific
  }
  const text = fixed(value, digits - 1 - exponent)
  if (keepZeros) return text.includes('.') ? text : `${text}.`
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text
}

/** `%e` of a finite number. */
export function exponential(value: number, precision: number): string {
  const text = value.toExponential(Math.min(precision, 100))
  const isTie = mayBeTie(value, (digits) => value.toExponential(digits), precision)
  const rounded = isTie ? exactExponential(value, precision) : text
  const [mantissa, exponent] = rounded.split('e') as [string, string]
  const sign = value === 0 && 1 / value < 0 ? '-' : ''
  const magnitude = exponent.slice(1).padStart(2, '0')
  return `${sign}${mantissa}e${exponent[0]}${magnitude}`
}

/** `%f` of a finite number, exact also above 1e21, where JavaScript would switch to exponents. */
export function fixed(value: number, precision: number): string {
  const isLarge = Math.abs(value) >= 1e21
  if (isLarge || mayBeTie(value, (digits) => value.toFixed(digits), precision)) {
    return exactFixed(value, precision)
  }
  const text = value.toFixed(Math.min(precision, 100))
  return value <= 0 && 1 / value < 0 && text[0] !== '-' ? `-${text}` : text
}

/** JavaScript rounds a tie up and C to the even digit; both agree when the next digit is no 5. */
function mayBeTie(value: number, at: (digits: number) => string, precision: number): boolean {
  if (precision >= 90 || value === 0) return false
  return /5(?:e|$)/.test(at(precision + 1)) || Math.abs(value) >= 1e21
}

/** The value as whole / 2^shift, both whole. */
function fraction(value: number): { whole: bigint; shift: number } {
  spend(EXACT_STEPS)
  let shift = 0
  let scaled = Math.abs(value)
  while (!Number.isInteger(scaled)) {
    scaled *= 2
    shift++
  }
  return { whole: BigInt(scaled), shift }
}

function exactFixed(value: number, precision: number): string {
  const { whole, shift } = fraction(value)
  const scaled = divideToEven(whole * 10n ** BigInt(precision), 1n << BigInt(shift))
  const digits = String(scaled).padStart(precision + 1, '0')
  const cut = digits.length - precision
  const text = precision === 0 ? digits : `${digits.slice(0, cut)}.${digits.slice(cut)}`
  return value < 0 || (value === 0 && 1 / value < 0) ? `-${text}` : text
}

function exactExponential(value: number, precision: number): string {
  const { whole, shift } = fraction(value)
  let exponent = Number(value.toExponential(20).split('e')[1])
  const scale = precision - exponent
  const over = scale >= 0 ? whole * 10n ** BigInt(scale) : whole
  const under = (1n << BigInt(shift)) * (scale >= 0 ? 1n : 10n ** BigInt(-scale))
  let digits = String(divideToEven(over, under))
  if (digits.length > precision + 1) {
    digits = digits.slice(0, precision + 1)
    exponent++
  }
  const mantissa = precision === 0 ? digits : `${digits[0]}.${digits.slice(1)}`
  return `${value < 0 ? '-' : ''}${mantissa}e${exponent < 0 ? '-' : '+'}${Math.abs(exponent)}`
}

function divideToEven(over: bigint, under: bigint): bigint {
  const whole = over / under
  const rest = (over % under) * 2n
  return rest > under || (rest === under && whole % 2n === 1n) ? whole + 1n : whole
}
