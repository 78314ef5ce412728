import { allocateString, spend } from '../runtime/budget.ts'
import { callFirst } from '../runtime/call.ts'
import { numberText } from '../runtime/number-text.ts'
import { raise } from '../runtime/position.ts'
import { enterCallback, leaveNative } from '../runtime/protect.ts'
import { newList, newTable, LuaTable } from '../runtime/table.ts'
import {
  NOTHING,
  typeName,
  type Callable,
  type LuaResult,
  type LuaValue,
} from '../runtime/value.ts'
import {
  badArgument,
  checkFunction,
  checkInteger,
  checkString,
  checkTable,
  optionalInteger,
} from './arguments.ts'
import { unpack } from './base.ts'
import { sort } from './sort.ts'

/** What an item of `concat` costs besides its text. */
const CONCAT_STEPS = 4

function concat(...args: LuaValue[]): LuaResult {
  const table = checkTable(args[0], 1, 'concat', args.length)
  const separator = args[1] === undefined ? '' : checkString(args[1], 2, 'concat')
  const from = optionalInteger(args[2], 1, 3, 'concat')
  const to = args[3] === undefined ? table.length() : checkInteger(args[3], 4, 'concat')
  const parts: string[] = []
  // From 2^53 on, one more is the same number.
  for (let offset = 0; offset <= to - from; offset++) {
    const i = from + offset
    const value = table.getNumber(i)
    const text = typeof value === 'number' ? numberText(value) : value
    if (typeof text !== 'string') {
      throw raise(`invalid value (${typeName(value)}) at index ${i} in table for 'concat'`)
    }
    spend(CONCAT_STEPS)
    allocateString(text.length + separator.length)
    parts.push(text)
  }
  return parts.join(separator)
}

function insert(...args: LuaValue[]): LuaResult {
  const table = checkTable(args[0], 1, 'insert', args.length)
  const end = table.length() + 1
  if (args.length === 2) {
    table.setNumber(end, args[1])
    return NOTHING
  }
  if (args.length !== 3) throw raise("wrong number of arguments to 'insert'")
  const at = checkInteger(args[1], 2, 'insert', args.length)
  const last = Math.max(end, at)
  spend(Math.max(0, last - at))
  for (let i = last; i > at; i--) table.setNumber(i, table.getNumber(i - 1))
  table.setNumber(at, args[2])
  return NOTHING
}

function remove(...args: LuaValue[]): LuaResult {
  const table = checkTable(args[0], 1, 'remove', args.length)
  const end = table.length()
  const at = optionalInteger(args[1], end, 2, 'remove')
  if (!(at >= 1 && at <= end)) return NOTHING
  const removed = table.getNumber(at)
  spend(end - at)
  for (let i = at; i < end; i++) table.setNumber(i, table.getNumber(i + 1))
  table.setNumber(end, undefined)
  return removed
}

function maxn(...args: LuaValue[]): LuaResult {
  const table = checkTable(args[0], 1, 'maxn', args.length)
  let largest = 0
  for (let at = table.advance(0); at !== 0; at = table.advance(at)) {
    spend(1)
    const key = table.keyAt(at)
    if (typeof key === 'number' && key > largest) largest = key
  }
  return largest
}

function getn(...args: LuaValue[]): LuaResult {
  return checkTable(args[0], 1, 'getn', args.length).length()
}

function sortTable(...args: LuaValue[]): LuaResult {
  const table = checkTable(args[0], 1, 'sort', args.length)
  if (args[1] !== undefined) checkFunction(args[1], 2, 'sort')
  const depth = enterCallback()
  sort(table, args[1])
  leaveNative(depth)
  return NOTHING
}

function foreach(...args: LuaValue[]): LuaResult {
  const table = checkTable(args[0], 1, 'foreach', args.length)
  const visit = checkFunction(args[1], 2, 'foreach', args.length)
  const depth = enterCallback()
  for (let at = table.advance(0); at !== 0; at = table.advance(at)) {
    spend(1)
    const answer = callFirst(visit, table.keyAt(at), table.valueAt(at))
    if (answer !== undefined) {
      leaveNative(depth)
      return answer
    }
  }
  leaveNative(depth)
  return NOTHING
}

function foreachi(...args: LuaValue[]): LuaResult {
  const table = checkTable(args[0], 1, 'foreachi', args.length)
  const visit = checkFunction(args[1], 2, 'foreachi', args.length)
  const end = table.length()
  const depth = enterCallback()
  for (let i = 1; i <= end; i++) {
    spend(1)
    const answer = callFirst(visit, i, table.getNumber(i))
    if (answer !== undefined) {
      leaveNative(depth)
      return answer
    }
  }
  leaveNative(depth)
  return NOTHING
}

// From here on: what LuaJIT and OpenResty add.

function create(): LuaResult {
  return newTable()
}

function clear(...args: LuaValue[]): LuaResult {
  const table = checkTable(args[0], 1, 'clear', args.length)
  if (table.guard !== undefined)
    throw raise(`Cannot modify ${table.guard}. Protected by the sandbox.`)
  table.list = []
  table.slots = []
  table.index = undefined
  table.hasNumbers = false
  return NOTHING
}

function pack(...args: LuaValue[]): LuaResult {
  const table = newList(args.slice())
  table.setKey('n', args.length)
  return table
}

function clone(...args: LuaValue[]): LuaResult {
  const table = checkTable(args[0], 1, 'clone', args.length)
  const copy = newList(table.list.slice())
  for (let at = table.advance(table.list.length); at !== 0; at = table.advance(at)) {
    spend(1)
    copy.set(table.keyAt(at), table.valueAt(at))
  }
  return copy
}

function isEmpty(...args: LuaValue[]): LuaResult {
  return checkTable(args[0], 1, 'isempty', args.length).advance(0) === 0
}

/** How many entries, list and keys together. */
function nkeys(...args: LuaValue[]): LuaResult {
  const table = checkTable(args[0], 1, 'nkeys', args.length)
  let count = 0
  for (let at = table.advance(0); at !== 0; at = table.advance(at)) {
    spend(1)
    count++
  }
  return count
}

function isArray(...args: LuaValue[]): LuaResult {
  const table = checkTable(args[0], 1, 'isarray', args.length)
  return table.advance(table.list.length) === 0
}

function move(...args: LuaValue[]): LuaResult {
  const source = checkTable(args[0], 1, 'move', args.length)
  const [from, to, at] = [1, 2, 3].map((i) => checkInteger(args[i], i + 1, 'move', args.length))
  const target = args[4] === undefined ? source : checkTable(args[4], 5, 'move')
  copyRange({ source, target }, { from: from as number, to: to as number, at: at as number })
  return target
}

function copyRange(
  { source, target }: { source: LuaTable; target: LuaTable },
  { from, to, at }: { from: number; to: number; at: number },
): void {
  const count = to - from + 1
  if (!(count > 0)) return
  const isForward = at > to || at <= from || source !== target
  for (let n = 0; n < count; n++) {
    spend(1)
    const i = isForward ? n : count - 1 - n
    const value = source.getNumber(from + i)
    if (!Number.isFinite(at + i)) throw badArgument(4, 'move', 'destination wrap around')
    target.setNumber(at + i, value)
  }
}

/** The functions of `table`, with those of LuaJIT and OpenResty. */
export const tableFunctions: Readonly<Record<string, Callable>> = {
  clear,
  clone,
  concat,
  foreach,
  foreachi,
  getn,
  insert,
  isarray: isArray,
  isempty: isEmpty,
  maxn,
  move,
  new: create,
  nkeys,
  pack,
  remove,
  sort: sortTable,
  unpack,
}
