// Everything that passes between the host and Lua. One file because values hold functions and
// functions take values: each direction needs the other.
import { luaErrors } from '../errors.ts'
import { next } from '../library/base.ts'
import { ARRAY_METATABLE, EMPTY_ARRAY, EMPTY_ARRAY_METATABLE } from '../modules/json-encode.ts'
import { allocate, allocateString, aside, run, spend } from '../runtime/budget.ts'
import { BudgetExceeded, LuaThrow } from '../runtime/control.ts'
import { execute, type Surroundings } from '../runtime/execution.ts'
import { raise } from '../runtime/position.ts'
import { isOverflow } from '../runtime/protect.ts'
import { LuaTable, newTable, TABLE_BYTES, type Shape } from '../runtime/table.ts'
import {
  JSON_NULL,
  NOTHING,
  typeName,
  Userdata,
  type Callable,
  type LuaResult,
  type LuaValue,
  type SuspendableCall,
} from '../runtime/value.ts'
import { beforeWait, refuseWait, Wait, waitFor } from '../runtime/wait.ts'
import { executeWaiting } from '../runtime/waiting-call.ts'
import { current } from '../runtime/world.ts'
import { now, workedBefore, workedSince } from './host-clock.ts'
import {
  HostTable,
  HostWait,
  LuaMulti,
  LuaReference,
  Unsendable,
  unsendableTakers,
  type HostFunction,
  type HostTableAccess,
  type HostValue,
  type LuaFunction,
  type LuaWaitingCall,
  waitingFunctions,
} from './host-value.ts'
import { pathWithin } from './path-within.ts'
import { decodeLossy, decodeUtf8, encodeName, encodeUtf8, isAscii } from './utf8.ts'

/** What a call of a host function costs, which nobody else charges for. */
const HOST_CALL_STEPS = 100
/** A step is 40 ns of the host's time. */
const HOST_STEPS_PER_MS = 25_000

/** How deep tables may stand in each other on their way through. */
const MAX_NESTING = 1000

/**
 * A list with holes goes out as a list up to this length, or while it has no more holes than items.
 * Kong's own setting for JSON (`encode_sparse_array`).
 */
const SPARSE_ANYWAY = 2 ** 15

/** A function of Lua in the hands of the host. */
class BoundFunction implements LuaFunction {
  readonly callable: Callable
  readonly #surroundings: Surroundings

  constructor(callable: Callable, surroundings: Surroundings) {
    this.callable = callable
    this.#surroundings = surroundings
  }

  call(...args: HostValue[]): HostValue[] {
    return callFromHost(this.#surroundings, this.callable, args)
  }

  callWaiting(...args: HostValue[]): HostValue[] | LuaWaitingCall {
    // Most functions have nothing that they could wait for.
    if (this.callable.g === undefined) return callFromHost(this.#surroundings, this.callable, args)
    return callWaitingFromHost(this.#surroundings, this.callable, args)
  }
}

/** Calls a Lua function with values of the host. */
export function callFromHost(
  surroundings: Surroundings,
  callable: Callable,
  args: readonly HostValue[],
): HostValue[] {
  return execute(surroundings, callable, argsToLua(args, surroundings), answersToHost)
}

/** The same for a call that may wait. */
export function callWaitingFromHost(
  surroundings: Surroundings,
  callable: Callable,
  args: readonly HostValue[],
): HostValue[] | LuaWaitingCall {
  return executeWaiting(surroundings, callable, argsToLua(args, surroundings), answersToHost)
}

function argsToLua(args: readonly HostValue[], surroundings: Surroundings): LuaValue[] {
  if (args.length === 3) {
    const [a, b, c] = args
    return [toLua(a, surroundings), toLua(b, surroundings), toLua(c, surroundings)]
  }
  return args.map((arg) => toLua(arg, surroundings))
}

/** Three values are what an exit function answers; the array is made at its size. */
function answersToHost(values: readonly LuaValue[], surroundings: Surroundings): HostValue[] {
  if (values.length === 3) {
    const [a, b, c] = values
    return [toHost(a, surroundings, 0), toHost(b, surroundings, 0), toHost(c, surroundings, 0)]
  }
  return values.map((value) => toHost(value, surroundings, 0))
}

/**
 * A value of the host as Lua sees it. Tables are copies.
 *
 * @throws POSTERN_LUA_VALUE for what Lua cannot hold
 */
export function toLua(value: HostValue, surroundings: Surroundings): LuaValue {
  return value === null ? undefined : inward(value, surroundings, 0)
}

function inward(value: HostValue, surroundings: Surroundings, nesting: number): LuaValue {
  switch (typeof value) {
    case 'string':
      if (run.isRunning) allocateString(value.length)
      return encodeUtf8(value)
    case 'undefined':
    case 'number':
    case 'boolean':
      return value
    case 'function':
      return bindFunction(value, surroundings)
    case 'object':
      return value === null ? JSON_NULL : objectInward(value, surroundings, nesting + 1)
    default:
      throw luaErrors.VALUE(`a ${typeof value}`, 'data or a function')
  }
}

function objectInward(value: object, surroundings: Surroundings, nesting: number): LuaValue {
  if (nesting > MAX_NESTING) {
    throw luaErrors.VALUE('a structure', `at most ${MAX_NESTING} levels and no circle`)
  }
  if (run.isRunning) allocate(TABLE_BYTES)
  // What JSON.parse makes, first: eight tests for what it is not take 40 ns.
  if (Object.getPrototypeOf(value) === Object.prototype) {
    return recordInward(value as Record<string, HostValue>, surroundings, nesting)
  }
  if (Array.isArray(value)) return listInward(value, surroundings, nesting)
  if (value instanceof Uint8Array) return Buffer.from(value).toString('latin1')
  if (value instanceof BoundFunction) return value.callable
  if (value instanceof Map) return mapInward(value, surroundings, nesting)
  if (value instanceof HostTable) return bindTable(value, surroundings, nesting)
  if (value instanceof LuaReference) return LuaReference.heldBy(value) as LuaValue
  return recordInward(value as Record<string, HostValue>, surroundings, nesting)
}

function listInward(
  array: readonly HostValue[],
  surroundings: Surroundings,
  nesting: number,
): LuaTable {
  const list: LuaValue[] = []
  for (const item of array) list.push(inward(item, surroundings, nesting))
  while (list.length > 0 && list[list.length - 1] === undefined) list.pop()
  const table = new LuaTable([], list)
  table.isList = true
  return table
}

function mapInward(
  map: ReadonlyMap<string | number, HostValue>,
  surroundings: Surroundings,
  nesting: number,
): LuaTable {
  const table = new LuaTable([], [])
  for (const [key, value] of map) {
    const name = typeof key === 'string' ? encodeUtf8(key) : key
    if (value !== undefined) table.set(name, inward(value, surroundings, nesting))
  }
  return table
}

function recordInward(
  record: Readonly<Record<string, HostValue>>,
  surroundings: Surroundings,
  nesting: number,
): LuaTable {
  const keys = Object.keys(record)
  const slots = slotsFor(keys.length)
  let used = 0
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i] as string
    const value = record[key]
    if (value === undefined) continue
    slots[used++] = encodeName(key)
    slots[used++] = inward(value, surroundings, nesting)
  }
  if (slots.length !== used) slots.length = used
  return new LuaTable(slots, [])
}

/** Room for the usual small body at once: an array that grows by `push` takes 17 places at first. */
function slotsFor(count: number): LuaValue[] {
  switch (count) {
    case 1:
      return [undefined, undefined]
    case 2:
      return [undefined, undefined, undefined, undefined]
    case 3:
      return [undefined, undefined, undefined, undefined, undefined, undefined]
    default:
      return []
  }
}

/** A function of the host as Lua calls it. What it throws becomes a Lua error, but for signals. */
function bindFunction(fn: HostFunction, surroundings: Surroundings): Callable {
  if (waitingFunctions.has(fn)) return bindWaiting(fn, surroundings)
  const isTaker = unsendableTakers.has(fn)
  return (...args): LuaResult => {
    const given: HostValue[] = []
    const { memory } = run
    for (const arg of args) {
      given.push(isTaker ? orUnsendable(arg, surroundings) : toHost(arg, surroundings, 0))
    }
    // What the host does with the bytes it is given, nobody else charges for.
    spend((memory - run.memory) >> 1)
    return answerOf(fn, given, surroundings)
  }
}

/** The plain form is reached only where nothing can wait. */
function bindWaiting(fn: HostFunction, surroundings: Surroundings): Callable {
  const bound: Callable = () => refuseWait()
  bound.g = function* (...args): SuspendableCall {
    beforeWait()
    const given = args.map((arg) => toHost(arg, surroundings, 0))
    const answer = byHost(() => fn(...given), surroundings)
    if (!(answer instanceof HostWait)) return inwardAnswer(answer, surroundings)
    const outcome = yield* waitFor(new Wait(answer.answer, answer.abort))
    if (outcome.kind === 'failure') throw inwardError(outcome.error, surroundings)
    return inwardAnswer((outcome as { value: HostValue | LuaMulti | void }).value, surroundings)
  }
  return bound
}

function orUnsendable(value: LuaValue, surroundings: Surroundings): HostValue {
  try {
    return toHost(value, surroundings, 0)
  } catch (error) {
    if (!(error instanceof LuaThrow)) throw error
    // Only functions that were marked for it are given one, and their type says so.
    return new Unsendable(String(error.value)) as unknown as HostValue
  }
}

function answerOf(fn: HostFunction, given: HostValue[], surroundings: Surroundings): LuaResult {
  return inwardAnswer(
    byHost(() => fn(...given), surroundings),
    surroundings,
  )
}

function inwardAnswer(answer: HostValue | LuaMulti | void, surroundings: Surroundings): LuaResult {
  if (answer === undefined) return NOTHING
  if (!(answer instanceof LuaMulti)) return toLua(answer, surroundings)
  return answer.values.map((value) => toLua(value, surroundings))
}

type Signals = Pick<Surroundings, 'isSignal'>

/**
 * Has the host do something. Nobody knows how much that is, so clocks tell what it is charged besides: a
 * loop over a function of the host must not take longer than any other, and a function must not end
 * because the machine was busy with something else meanwhile.
 */
export function byHost<T>(work: () => T, surroundings: Signals): T {
  spend(HOST_CALL_STEPS)
  const startedAtMs = now()
  const workedMs = workedBefore(startedAtMs)
  try {
    return work()
  } catch (error) {
    throw inwardError(error, surroundings)
  } finally {
    run.fuel -= Math.trunc(workedSince(startedAtMs, workedMs) * HOST_STEPS_PER_MS)
  }
}

/** What the host threw, as Lua throws it. */
export function inwardError(error: unknown, surroundings: Signals): unknown {
  if (run.ended !== undefined) return run.ended
  if (error instanceof LuaThrow || error instanceof BudgetExceeded) return error
  // An error of Lua that came back through the host is still the same error.
  if (error instanceof Error && error.cause instanceof LuaThrow) return error.cause
  if (surroundings.isSignal(error) || isOverflow(error)) return error
  return raise(encodeUtf8(error instanceof Error ? error.message : 'the host function failed'))
}

/** A table whose metatable asks the host for what does not stand in it. */
function bindTable({ access }: HostTable, surroundings: Surroundings, nesting: number): LuaTable {
  const { fields = {} } = access
  const bound = recordInward(fields, surroundings, nesting)
  const handlers: LuaValue[] = ['__metatable', false]
  handlers.push('__newindex', bindSetter(access, surroundings))
  if (access.get !== undefined) {
    handlers.push('__index', withoutSelf(access.get.bind(access) as HostFunction, surroundings))
  }
  if (access.call !== undefined) {
    handlers.push('__call', withoutSelf(access.call.bind(access), surroundings))
  }
  if (access.text !== undefined) handlers.push('__tostring', () => access.text)
  if (access.keys !== undefined) handlers.push('__pairs', bindKeys(access, surroundings))
  const metatable = new LuaTable(handlers, [])
  if (access.keys !== undefined)
    entriesOfHost.set(metatable, () => hostEntries(access, surroundings))
  bound.metatable = metatable
  return bound
}

/** What tables of the host hold now, by their metatables: where it can be told. */
const entriesOfHost = new WeakMap<LuaTable, () => LuaTable>()

/** `pairs` over a table of the host: over a copy of what it holds now. */
function bindKeys(access: HostTableAccess, surroundings: Surroundings): Callable {
  return (table): LuaResult => {
    const copy = hostEntries(access, surroundings)
    if (table instanceof LuaTable) copyFields(table, copy)
    return [next, copy, undefined]
  }
}

function hostEntries(access: HostTableAccess, surroundings: Surroundings): LuaTable {
  const copy = newTable()
  for (const key of byHost(() => access.keys?.() ?? [], surroundings)) {
    const name = typeof key === 'string' ? encodeUtf8(key) : key
    const answer = byHost(() => access.get?.(key), surroundings)
    const value = toLua(answer, surroundings)
    if (value !== undefined) copy.set(name, value)
  }
  return copy
}

function copyFields(from: LuaTable, to: LuaTable): void {
  for (let at = from.advance(0); at !== 0; at = from.advance(at)) {
    spend(1)
    to.set(from.keyAt(at), from.valueAt(at))
  }
}

/** The table itself, which comes first, would be copied at each access. */
function withoutSelf(fn: HostFunction, surroundings: Surroundings): Callable {
  const bound = bindFunction(fn, surroundings)
  return (_, ...args) => bound(...args)
}

function bindSetter(access: HostTableAccess, surroundings: Surroundings): Callable {
  return (_, key, value): LuaResult => {
    if (access.set === undefined) throw raise('attempt to change a read-only table')
    const name = toHost(key, surroundings, 0)
    const given =
      access.keepsReferences === true
        ? referenceTo(value, surroundings)
        : toHost(value, surroundings, 0)
    const { set } = access
    byHost(() => set.call(access, name as string, given), surroundings)
    return NOTHING
  }
}

function referenceTo(value: LuaValue, surroundings: Surroundings): HostValue {
  if (!(value instanceof LuaTable) && typeof value !== 'function') {
    return toHost(value, surroundings, 0)
  }
  const own = current.surroundings ?? surroundings
  return new LuaReference(value, () => copyOf(value, own))
}

/** Steps of a copy that the host makes for itself. */
const COPY_STEPS = 1_000_000

/**
 * No call pays for it: it is the host that looks. It has a budget all the same, because a table
 * that is in itself many times over has a copy without end.
 */
function copyOf(value: LuaValue, surroundings: Surroundings): HostValue {
  try {
    const budget = { fuel: COPY_STEPS, memory: surroundings.memory }
    return aside(budget, () => toHost(value, surroundings, 0))
  } catch (error) {
    if (error instanceof LuaThrow || error instanceof BudgetExceeded) return undefined
    throw error
  }
}

/** A value of Lua as the host sees it. Charged, because shared tables become copies. */
function toHost(value: LuaValue, surroundings: Surroundings, nesting: number): HostValue {
  switch (typeof value) {
    case 'string':
      return textOutward(value)
    case 'function':
      // What one chunk gives to a function that all share is still its own.
      return new BoundFunction(value, current.surroundings ?? surroundings)
    case 'object':
      if (!(value instanceof LuaTable)) return otherOutward(value)
      if (nesting === 0) return wholeOutward(value, surroundings)
      return tableOutward(value, surroundings, nesting + 1)
    default:
      return value
  }
}

function textOutward(bytes: string): HostValue {
  allocateString(bytes.length)
  if (isAscii(bytes)) return bytes
  spend(bytes.length >> 2)
  return decodeUtf8(bytes) ?? new Uint8Array(Buffer.from(bytes, 'latin1'))
}

function otherOutward(value: LuaValue): HostValue {
  if (value === JSON_NULL) return null
  if (value instanceof Userdata && value.content instanceof Uint8Array) return value.content
  if (value === EMPTY_ARRAY) return []
  throw new KeptInLua(value)
}

/** A value without a form outside Lua. */
class KeptInLua extends LuaThrow {
  readonly kept: LuaValue

  constructor(kept: LuaValue) {
    super(raise(`a ${typeName(kept)} cannot leave Lua`).value)
    this.kept = kept
  }
}

/** A table that stands in no other: what cannot leave is told with its place in it. */
function wholeOutward(table: LuaTable, surroundings: Surroundings): HostValue {
  try {
    return tableOutward(table, surroundings, 1)
  } catch (error) {
    const path = error instanceof KeptInLua ? pathWithin(table, error.kept) : ''
    if (path === '') throw error
    throw new LuaThrow(`${String((error as KeptInLua).value)} (at ${path})`)
  }
}

function tableOutward(table: LuaTable, surroundings: Surroundings, nesting: number): HostValue {
  if (nesting > MAX_NESTING) throw raise(`a table is nested in more than ${MAX_NESTING} others`)
  spend(20)
  allocate(64)
  if (table.metatable?.getString('__index') !== undefined && isHostTable(table)) {
    const entries = entriesOfHost.get(table.metatable)?.()
    return entries === undefined ? {} : recordOutward(entries, surroundings, nesting)
  }
  const length = listLength(table)
  if (length >= 0) return listOutward(table, length, surroundings, nesting)
  return recordOutward(table, surroundings, nesting)
}

function isHostTable(table: LuaTable): boolean {
  return table.slots.length === 0 && table.list.length === 0
}

/** The length of the list a table is, or -1 when it has other keys or more holes than items. */
function listLength(table: LuaTable): number {
  const { list, slots } = table
  const isList = table.isList || isMarked(table)
  if (slots.length === 0) return list.length > 0 || isList ? list.length : -1
  let largest = list.length
  let count = list.length
  for (let i = 0; i < slots.length; i += 2) {
    const key = slots[i]
    if (slots[i + 1] === undefined) continue
    if (typeof key !== 'number' || key < 1 || !Number.isInteger(key)) return -1
    largest = Math.max(largest, key)
    count++
  }
  if (count === 0) return isList ? 0 : -1
  return largest > SPARSE_ANYWAY && largest > count * 2 ? -1 : largest
}

/** `setmetatable({}, cjson.array_mt)`. */
function isMarked({ metatable }: LuaTable): boolean {
  return metatable === ARRAY_METATABLE || metatable === EMPTY_ARRAY_METATABLE
}

function listOutward(
  table: LuaTable,
  length: number,
  surroundings: Surroundings,
  nesting: number,
): HostValue {
  const array: HostValue[] = []
  spend(length * 8)
  allocate(length * 8)
  for (let i = 1; i <= length; i++) {
    const item = table.getNumber(i)
    array.push(item === undefined ? null : toHost(item, surroundings, nesting))
  }
  return array
}

function recordOutward(table: LuaTable, surroundings: Surroundings, nesting: number): HostValue {
  const { list, slots, shape } = table
  spend(12 * (list.length + slots.length))
  if (shape !== undefined && isWhole(table, shape)) {
    return shape.make(slots, toHost, surroundings, nesting)
  }
  const record: Record<string, HostValue> = {}
  for (let i = 0; i < list.length; i++) {
    if (list[i] !== undefined) record[String(i + 1)] = toHost(list[i], surroundings, nesting)
  }
  for (let i = 0; i < slots.length; i += 2) {
    if (slots[i + 1] === undefined) continue
    const key = keyOutward(slots[i])
    const value = toHost(slots[i + 1], surroundings, nesting)
    if (INHERITED.has(key)) define(record, key, value)
    else record[key] = value
  }
  return record
}

/** Whether a table has the keys of its constructor, all of them, and no others. */
function isWhole({ list, slots }: LuaTable, shape: Shape): boolean {
  if (list.length > 0 || slots.length !== shape.slots) return false
  for (let i = 1; i < slots.length; i += 2) if (slots[i] === undefined) return false
  return true
}

/** Defined, not assigned: `__proto__` would be no entry, and the others are read-only after lockdown(). */
function define(record: Record<string, HostValue>, key: string, value: HostValue): void {
  Object.defineProperty(record, key, {
    value,
    writable: true,
    enumerable: true,
    configurable: true,
  })
}

const INHERITED: ReadonlySet<string> = new Set(Object.getOwnPropertyNames(Object.prototype))

function keyOutward(key: LuaValue): string {
  if (typeof key === 'string') return decodeLossy(key)
  if (typeof key === 'number') return String(key)
  throw raise(`a table with a ${typeName(key)} as key cannot leave Lua`)
}
