import { endRun, run, spend } from './budget.ts'
import { callAt, describe } from './call.ts'
import { numberText } from './number-text.ts'
import { raiseAt } from './position.ts'
import type { LuaValue } from './value.ts'
import { metamethod } from './world.ts'

/** No string grows beyond this, whatever the budget says. */
const MAX_STRING = 32 * 1024 * 1024
/** From here on a joined string is charged as the copy it will become. */
const BIG_STRING = 4 * 1024

/** `a .. b`. */
export function concat(
  a: LuaValue,
  b: LuaValue,
  site: number,
  nameOfA?: string,
  nameOfB?: string,
): LuaValue {
  if (typeof a === 'string' && typeof b === 'string') {
    chargeJoin(a.length + b.length)
    return a + b
  }
  return concatOthers(a, b, site, nameOfA, nameOfB)
}

/**
 * V8 joins without copying and copies when the string is first read. The copy is paid here: a
 * step for each 32 bytes, so that a loop cannot make V8 flatten more than the steps allow.
 */
function chargeJoin(length: number): void {
  if (length > MAX_STRING) endRun('memory')
  if ((run.fuel -= length >> 5) < 0) endRun('fuel')
  run.memory -= length >= BIG_STRING ? length : (length >> 4) + 32
  if (run.memory < 0) endRun('memory')
}

function concatOthers(
  a: LuaValue,
  b: LuaValue,
  site: number,
  nameOfA: string | undefined,
  nameOfB: string | undefined,
): LuaValue {
  const left = joinable(a)
  const right = joinable(b)
  if (left !== undefined && right !== undefined) {
    chargeJoin(left.length + right.length)
    return left + right
  }
  const handler = metamethod(a, '__concat') ?? metamethod(b, '__concat')
  if (handler !== undefined) return callAt(site, handler, a, b)
  const culprit = left === undefined ? describe(a, nameOfA) : describe(b, nameOfB)
  throw raiseAt(site, `attempt to concatenate ${culprit}`)
}

function joinable(value: LuaValue): string | undefined {
  if (typeof value === 'string') return value
  if (typeof value !== 'number') return undefined
  spend(4)
  return numberText(value)
}
