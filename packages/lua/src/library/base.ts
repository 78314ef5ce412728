// The functions of Lua that stand in no table. Those that read code are in load.ts.
import { run, scan, spend } from '../runtime/budget.ts'
import { all, call, callFirst, drive } from '../runtime/call.ts'
import { LuaThrow } from '../runtime/control.ts'
import { positionAt, raise } from '../runtime/position.ts'
import { caught, enterNative, leaveNative } from '../runtime/protect.ts'
import { LuaTable } from '../runtime/table.ts'
import { toText } from '../runtime/to-text.ts'
import {
  NOTHING,
  typeName,
  type Callable,
  type GeneratorForm,
  type LuaResult,
  type LuaValue,
  type SuspendableCall,
} from '../runtime/value.ts'
import { metatableOf } from '../runtime/world.ts'
import { badArgument, checkInteger, checkTable } from './arguments.ts'
import { toNumberOf } from './to-number.ts'

/** Most values `unpack` and `select` hand on at once. */
const MAX_VALUES = 7999

function type(...args: LuaValue[]): LuaResult {
  if (args.length === 0) throw badArgument(1, 'type', 'value expected')
  return typeName(args[0])
}

function tostring(...args: LuaValue[]): LuaResult {
  if (args.length === 0) throw badArgument(1, 'tostring', 'value expected')
  const [value] = args
  const handler = metatableOf(value)?.getString('__tostring')
  return handler === undefined ? toText(value) : callFirst(handler, value)
}

function assert(...args: LuaValue[]): LuaResult {
  const [value, message] = args
  if (args.length === 0) throw badArgument(1, 'assert', 'value expected')
  if (value !== undefined && value !== false) return args
  if (message === undefined) throw raise('assertion failed!')
  if (typeof message === 'string' || typeof message === 'number') throw raise(toText(message))
  throw new LuaThrow(message)
}

function error(value: LuaValue, level: LuaValue): LuaResult {
  const up = level === undefined ? 1 : checkInteger(level, 2, 'error')
  if ((typeof value === 'string' || typeof value === 'number') && up > 0) {
    const text = toText(value)
    scan(text.length)
    throw new LuaThrow(positionAt(up) + text)
  }
  throw new LuaThrow(value)
}

function pcall(...args: LuaValue[]): LuaResult {
  if (args.length === 0) throw badArgument(1, 'pcall', 'value expected')
  const depth = enterNative()
  try {
    const [callee, ...rest] = args
    return [true, ...all(call(callee, ...rest))]
  } catch (thrown) {
    return [false, caught(thrown, depth).value]
  } finally {
    leaveNative(depth)
  }
}

function* pcallYielding(...args: LuaValue[]): SuspendableCall {
  if (args.length === 0) throw badArgument(1, 'pcall', 'value expected')
  const depth = enterNative()
  try {
    const [callee, ...rest] = args
    return [true, ...all(yield* drive(callee, rest))]
  } catch (thrown) {
    return [false, caught(thrown, depth).value]
  } finally {
    leaveNative(depth)
  }
}

function xpcall(...args: LuaValue[]): LuaResult {
  const [callee, handler, ...rest] = args
  if (args.length < 2) throw badArgument(2, 'xpcall', 'value expected')
  const depth = enterNative()
  try {
    return [true, ...all(call(callee, ...rest))]
  } catch (thrown) {
    return [false, handled(handler, caught(thrown, depth).value)]
  } finally {
    leaveNative(depth)
  }
}

function* xpcallYielding(...args: LuaValue[]): SuspendableCall {
  const [callee, handler, ...rest] = args
  if (args.length < 2) throw badArgument(2, 'xpcall', 'value expected')
  const depth = enterNative()
  try {
    return [true, ...all(yield* drive(callee, rest))]
  } catch (thrown) {
    return [false, handled(handler, caught(thrown, depth).value)]
  } finally {
    leaveNative(depth)
  }
}

/** The depth is still that of the error, so that the handler sees where it happened. */
function handled(handler: LuaValue, value: LuaValue): LuaValue {
  const { depth } = run
  try {
    return callFirst(handler, value)
  } catch (thrown) {
    caught(thrown, depth)
    return 'error in error handling'
  }
}

export const next: Callable = (...args) => {
  const table = checkTable(args[0], 1, 'next', args.length)
  const place = table.placeOf(args[1])
  if (place === undefined) throw new LuaThrow("invalid key to 'next'")
  const at = table.advance(place)
  return at === 0 ? undefined : [table.keyAt(at), table.valueAt(at)]
}

/** `__pairs` is from Lua 5.2; OpenResty's LuaJIT has it too. */
function pairs(...args: LuaValue[]): LuaResult {
  const handler = metatableOf(args[0])?.getString('__pairs')
  if (handler !== undefined) return all(call(handler, args[0])).slice(0, 3)
  return [next, checkTable(args[0], 1, 'pairs', args.length), undefined]
}

export const nextItem: Callable = (table, at) => {
  const position = (typeof at === 'number' ? at : 0) + 1
  const value = checkTable(table, 1, 'ipairs').getNumber(position)
  return value === undefined ? NOTHING : [position, value]
}

function ipairs(...args: LuaValue[]): LuaResult {
  return [nextItem, checkTable(args[0], 1, 'ipairs', args.length), 0]
}

function select(...args: LuaValue[]): LuaResult {
  const [which] = args
  if (which === '#') return args.length - 1
  const at = checkInteger(which, 1, 'select', args.length)
  if (at === 0 || at < -(args.length - 1)) throw badArgument(1, 'select', 'index out of range')
  return args.slice(at < 0 ? args.length + at : at)
}

export function unpack(list: LuaValue, from: LuaValue, to: LuaValue): LuaResult {
  const table = checkTable(list, 1, 'unpack', arguments.length)
  const first = from === undefined ? 1 : checkInteger(from, 2, 'unpack')
  const last = to === undefined ? table.length() : checkInteger(to, 3, 'unpack')
  const count = last - first + 1
  if (count <= 0) return NOTHING
  if (count > MAX_VALUES) throw raise('too many results to unpack')
  spend(count * 2)
  const values: LuaValue[] = []
  // From 2^53 on, one more is the same number.
  for (let i = 0; i < count; i++) values.push(table.getNumber(first + i))
  return values
}

function rawget(table: LuaValue, key: LuaValue): LuaResult {
  return checkTable(table, 1, 'rawget', arguments.length).get(key)
}

function rawset(table: LuaValue, key: LuaValue, value: LuaValue): LuaResult {
  const target = checkTable(table, 1, 'rawset', arguments.length)
  if (key === undefined) throw new LuaThrow('table index is nil')
  if (key !== key) throw new LuaThrow('table index is NaN')
  target.set(key, value)
  return target
}

function rawequal(...args: LuaValue[]): LuaResult {
  if (args.length < 2) throw badArgument(args.length + 1, 'rawequal', 'value expected')
  return args[0] === args[1]
}

function rawlen(value: LuaValue): LuaResult {
  if (typeof value === 'string') return value.length
  return checkTable(value, 1, 'rawlen', arguments.length).length()
}

function getmetatable(...args: LuaValue[]): LuaResult {
  const [value] = args
  if (args.length === 0) throw badArgument(1, 'getmetatable', 'value expected')
  const metatable = metatableOf(value)
  return metatable?.getString('__metatable') ?? metatable
}

function setmetatable(...args: LuaValue[]): LuaResult {
  const [table, metatable] = args
  const target = checkTable(table, 1, 'setmetatable', args.length)
  if (args.length < 2 || (metatable !== undefined && !(metatable instanceof LuaTable))) {
    throw badArgument(2, 'setmetatable', 'nil or table expected')
  }
  if (target.metatable?.getString('__metatable') !== undefined) {
    throw raise('cannot change a protected metatable')
  }
  target.metatable = metatable
  return target
}

/** Memory is the host's business; scripts that ask are told that nothing is used. */
function collectgarbage(): LuaResult {
  return 0
}

/** What the sandbox has too. */
export const sandboxBase: Readonly<Record<string, Callable>> = {
  assert,
  error,
  ipairs,
  next,
  pairs,
  pcall: yieldingForm(pcall, pcallYielding),
  select,
  tonumber: toNumberOf,
  tostring,
  type,
  unpack,
  xpcall: yieldingForm(xpcall, xpcallYielding),
}

/** What only mode `on` has. */
export const fullBase: Readonly<Record<string, Callable>> = {
  collectgarbage,
  getmetatable,
  rawequal,
  rawget,
  rawlen,
  rawset,
  setmetatable,
}

function yieldingForm(plain: Callable, generator: GeneratorForm): Callable {
  plain.g = generator
  return plain
}
