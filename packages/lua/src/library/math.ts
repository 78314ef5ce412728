import { raise as raiseTo } from '../runtime/arithmetic.ts'
import { spend } from '../runtime/budget.ts'
import { raise } from '../runtime/position.ts'
import { NOTHING, type Callable, type LuaResult, type LuaValue } from '../runtime/value.ts'
import { badArgument, checkInteger, checkNumber } from './arguments.ts'
import type { RandomSource } from './random.ts'

/** `pow` and `log` take up to 30 ns, most others less. */
const COMPUTE_STEPS = 2

function unary(name: string, compute: (x: number) => number): Callable {
  return (...args) => {
    spend(COMPUTE_STEPS)
    return compute(checkNumber(args[0], 1, name, args.length))
  }
}

function binary(name: string, compute: (x: number, y: number) => number): Callable {
  return (...args) => {
    spend(COMPUTE_STEPS)
    const x = checkNumber(args[0], 1, name, args.length)
    return compute(x, checkNumber(args[1], 2, name, args.length))
  }
}

function extreme(name: string, pick: (x: number, y: number) => boolean): Callable {
  return (...args) => {
    let best = checkNumber(args[0], 1, name, args.length)
    for (let i = 1; i < args.length; i++) {
      const value = checkNumber(args[i], i + 1, name, args.length)
      if (pick(value, best)) best = value
    }
    return best
  }
}

function frexp(value: LuaValue): LuaResult {
  const x = checkNumber(value, 1, 'frexp', arguments.length)
  if (x === 0 || !Number.isFinite(x)) return [x, 0]
  let exponent = Math.max(-1023, Math.floor(Math.log2(Math.abs(x))) + 1)
  let mantissa = x * 2 ** -exponent
  while (Math.abs(mantissa) < 0.5) {
    mantissa *= 2
    exponent--
  }
  while (Math.abs(mantissa) >= 1) {
    mantissa /= 2
    exponent++
  }
  return [mantissa, exponent]
}

/** In two steps, so that the power itself stays in range. */
function ldexp(x: number, exponent: number): number {
  const half = Math.trunc(Math.max(-2200, Math.min(2200, exponent)) / 2)
  return x * 2 ** half * 2 ** (Math.trunc(exponent) - half)
}

function modf(value: LuaValue): LuaResult {
  const x = checkNumber(value, 1, 'modf', arguments.length)
  const whole = Math.trunc(x)
  if (Number.isNaN(x)) return [x, x]
  // The sign is that of x, also of a nought.
  return [whole, Number.isFinite(x) ? x % 1 : x < 0 ? -0 : 0]
}

/** C's fmod: the remainder has the sign of the dividend, as JavaScript's. */
const fmod = (x: number, y: number): number => x % y

/** A base is from Lua 5.2; LuaJIT takes one too. */
function log(value: LuaValue, base: LuaValue): LuaResult {
  spend(COMPUTE_STEPS)
  const x = Math.log(checkNumber(value, 1, 'log', arguments.length))
  return base === undefined ? x : x / Math.log(checkNumber(base, 2, 'log'))
}

/** The functions and numbers of `math`, but for `random`. */
export const mathFunctions: Readonly<Record<string, LuaValue>> = {
  abs: unary('abs', Math.abs),
  acos: unary('acos', Math.acos),
  asin: unary('asin', Math.asin),
  atan: unary('atan', Math.atan),
  atan2: binary('atan2', Math.atan2),
  ceil: unary('ceil', Math.ceil),
  cos: unary('cos', Math.cos),
  cosh: unary('cosh', Math.cosh),
  deg: unary('deg', (x) => (x * 180) / Math.PI),
  exp: unary('exp', Math.exp),
  floor: unary('floor', Math.floor),
  fmod: binary('fmod', fmod),
  frexp,
  huge: Infinity,
  ldexp: binary('ldexp', ldexp),
  log,
  log10: unary('log10', Math.log10),
  max: extreme('max', (x, y) => x > y),
  min: extreme('min', (x, y) => x < y),
  mod: binary('mod', fmod),
  modf,
  pi: Math.PI,
  pow: binary('pow', raiseTo),
  rad: unary('rad', (x) => (x * Math.PI) / 180),
  sin: unary('sin', Math.sin),
  sinh: unary('sinh', Math.sinh),
  sqrt: unary('sqrt', Math.sqrt),
  tan: unary('tan', Math.tan),
  tanh: unary('tanh', Math.tanh),
}

/** `math.random` and `math.randomseed`. Every chunk has numbers of its own. */
export function randomFunctions(source: RandomSource): Readonly<Record<string, Callable>> {
  return {
    random: (...args) => random(source, args),
    randomseed: (...args) => {
      source.seed(checkInteger(args[0], 1, 'randomseed', args.length))
      return NOTHING
    },
  }
}

function random(source: RandomSource, args: LuaValue[]): LuaResult {
  spend(COMPUTE_STEPS)
  const fraction = source.next()
  if (args.length === 0) return fraction
  const first = checkInteger(args[0], 1, 'random', args.length)
  if (args.length === 1) {
    if (first < 1) throw badArgument(1, 'random', 'interval is empty')
    return Math.floor(fraction * first) + 1
  }
  if (args.length > 2) throw raise('wrong number of arguments')
  const last = checkInteger(args[1], 2, 'random', args.length)
  if (first > last) throw badArgument(2, 'random', 'interval is empty')
  return Math.floor(fraction * (last - first + 1)) + first
}
