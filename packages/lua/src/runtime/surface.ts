import { nextItem, next } from '../library/base.ts'
import { index, field, length, setField, setIndex } from './access.ts'
import {
  add,
  divide,
  modulo,
  multiply,
  negate,
  power,
  remainder,
  subtract,
  toNumber,
} from './arithmetic.ts'
import { frames, run, stop } from './budget.ts'
import { all, callable, deferred, drop, first, isPending, yielding } from './call.ts'
import { equals, less, lessOrEqual } from './compare.ts'
import { concat } from './concat.ts'
import { chargeClosure, chargeRest, gap, newMixed, newRecord, spread, walker } from './construct.ts'
import { raiseAt } from './position.ts'
import { newList } from './table.ts'
import { NOTHING, type LuaValue } from './value.ts'
import { RUNTIME_NAMES } from '../compiler/writer.ts'

const operators: Readonly<Record<string, unknown>> = {
  run,
  frames,
  NOTHING,
  stop,
  gap,
  index,
  field,
  setIndex,
  setField,
  length,
  concat,
  add,
  subtract,
  multiply,
  divide,
  modulo,
  power,
  remainder,
  negate,
  equals,
  less,
  lessOrEqual,
  first,
  all,
  drop,
  callable,
  deferred,
  yielding,
  isPending,
  forNumber,
  walkKind: walker(next, nextItem),
  newRecord,
  newList,
  newMixed,
  chargeClosure,
  chargeRest,
  spread,
}

/** All that a compiled program can reach, under the names the compiler writes. */
export const surface: Readonly<Record<string, unknown>> = Object.freeze(
  Object.fromEntries(
    Object.entries(RUNTIME_NAMES).map(([short, name]) => [short, operators[name]]),
  ),
)

/** A number of a numeric `for`. */
function forNumber(value: LuaValue, what: string, site: number): number {
  const number = toNumber(value)
  if (number === undefined) throw raiseAt(site, `'for' ${what} must be a number`)
  return number
}
