// The one table of Lua. One file because its two parts, list and keys, live off each other, and
// every line is on the path of every table access.
import { allocate, run, spend } from './budget.ts'
import { raise } from './position.ts'
import type { LuaValue } from './value.ts'

/** Up to this many slots (two a key) keys are found by looking at each; then by a Map. */
export const MAX_UNINDEXED = 16
/** Strings longer than this cost steps when they are used as a key: V8 flattens and hashes them. */
const LONG_KEY = 64
const ENTRY_BYTES = 48
/** An empty table. */
export const TABLE_BYTES = 208
/** What adding a key to a Map costs, its growth included. */
const INDEX_STEPS = 20

/**
 * Makes an object of the table of one constructor in the source. An object literal takes a third of
 * the time of storing key by key, because V8 knows its form beforehand.
 */
export interface Shape {
  /** Length of `slots` while the keys are those of the constructor. */
  readonly slots: number
  /** `convert` is called for each value, in order, with the last two arguments. */
  make<A, B, T>(
    slots: readonly LuaValue[],
    convert: (value: LuaValue, a: A, b: B) => T,
    a: A,
    b: B,
  ): Record<string, T>
}

export class LuaTable {
  /** Values of 1, 2, 3 …; the last one is never nil. */
  list: LuaValue[]
  /** key, value, key, value …, in order of insertion; a removed key stays with the value nil. */
  slots: LuaValue[]
  index: Map<LuaValue, number> | undefined
  metatable: LuaTable | undefined
  /** Where this library table is found, if it takes no new keys: `_G.string`. */
  guard: string | undefined
  /** Goes out as a list even when it is empty. */
  isList: boolean
  /** Whole-number keys may stand in `slots`. */
  hasNumbers: boolean
  id: number
  /** How the constructor it came from becomes an object; for `slots` of the length it tells. */
  shape: Shape | undefined

  constructor(slots: LuaValue[], list: LuaValue[]) {
    this.list = list
    this.slots = slots
    this.index = undefined
    this.metatable = undefined
    this.guard = undefined
    this.isList = false
    this.hasNumbers = false
    this.id = 0
    this.shape = undefined
    if (slots.length > MAX_UNINDEXED) this.#indexKeys()
  }

  get(key: LuaValue): LuaValue {
    if (typeof key === 'string') {
      if (key.length > LONG_KEY) chargeKey(key)
      return this.getString(key)
    }
    if (typeof key === 'number') return this.getNumber(key)
    return this.#find(key)
  }

  getString(key: string): LuaValue {
    const { slots } = this
    if (this.index === undefined) {
      for (let i = 0; i < slots.length; i += 2) if (slots[i] === key) return slots[i + 1]
      return undefined
    }
    const at = this.index.get(key)
    return at === undefined ? undefined : slots[at + 1]
  }

  getNumber(key: number): LuaValue {
    const at = key - 1
    if (at >= 0 && at < this.list.length && (at | 0) === at) return this.list[at]
    return this.hasNumbers ? this.#find(key) : undefined
  }

  #find(key: LuaValue): LuaValue {
    const at = this.#slotOf(key)
    return at < 0 ? undefined : this.slots[at + 1]
  }

  #slotOf(key: LuaValue): number {
    if (this.index !== undefined) return this.index.get(key) ?? -1
    const { slots } = this
    for (let i = 0; i < slots.length; i += 2) if (slots[i] === key) return i
    return -1
  }

  /** Without metamethods. The key is neither nil nor NaN. */
  set(key: LuaValue, value: LuaValue): void {
    if (typeof key === 'number') {
      this.setNumber(key, value)
      return
    }
    if (typeof key === 'string' && key.length > LONG_KEY) chargeKey(key)
    this.setKey(key, value)
  }

  /** For keys that are not numbers. */
  setKey(key: LuaValue, value: LuaValue): void {
    const at = this.#slotOf(key)
    if (at >= 0) this.slots[at + 1] = value
    else if (value !== undefined) this.#insert(key, value)
  }

  setNumber(key: number, value: LuaValue): void {
    const { list } = this
    const at = key - 1
    if (at >= 0 && at <= list.length && (at | 0) === at) {
      if (at < list.length) {
        list[at] = value
        if (value === undefined && at === list.length - 1) this.#trim()
      } else if (value !== undefined) {
        this.#append(value)
      }
      return
    }
    if (value !== undefined) this.hasNumbers = true
    if (this.hasNumbers) this.setKey(key, value)
  }

  #append(value: LuaValue): void {
    if (this.guard !== undefined) this.#refuse(this.list.length + 1)
    allocate(16)
    this.list.push(value)
    while (this.hasNumbers) {
      const at = this.#slotOf(this.list.length + 1)
      if (at < 0 || this.slots[at + 1] === undefined) return
      this.list.push(this.slots[at + 1])
      this.slots[at + 1] = undefined
    }
  }

  #trim(): void {
    const { list } = this
    let length = list.length
    while (length > 0 && list[length - 1] === undefined) length--
    list.length = length
  }

  #insert(key: LuaValue, value: LuaValue): void {
    if (this.guard !== undefined) this.#refuse(key)
    allocate(ENTRY_BYTES)
    if (this.index !== undefined) spend(INDEX_STEPS)
    const { slots } = this
    if (slots.length >= 64 && (slots.length & (slots.length - 1)) === 0) this.#compact()
    slots.push(key, value)
    if (this.index !== undefined) this.index.set(key, slots.length - 2)
    else if (slots.length > MAX_UNINDEXED) this.#indexKeys()
  }

  #indexKeys(): void {
    this.index = new Map()
    for (let i = 0; i < this.slots.length; i += 2) this.index.set(this.slots[i], i)
  }

  /** Forgets removed keys once they are half of all. Only on insertion: `next` stays valid before. */
  #compact(): void {
    const { slots } = this
    spend(slots.length >> 1)
    const kept: LuaValue[] = []
    for (let i = 0; i < slots.length; i += 2) {
      if (slots[i + 1] !== undefined) kept.push(slots[i], slots[i + 1])
    }
    if (kept.length * 2 > slots.length) return
    this.slots = kept
    this.shape = undefined
    this.#indexKeys()
  }

  #refuse(key: LuaValue): never {
    throw raise(`Cannot modify ${this.guard}.${String(key)}. Protected by the sandbox.`)
  }

  /** A border: the last of the list is there, the next is not. */
  length(): number {
    return this.list.length
  }

  /**
   * Steps through all entries: 0 to begin, then what was answered before; 0 again at the end.
   * Positive places are in the list, negative ones among the keys.
   */
  advance(place: number): number {
    const { list, slots } = this
    let skipped = 0
    for (let i = place; i >= 0 && i < list.length; i++) {
      if (list[i] !== undefined) return i + 1
      if (++skipped === SKIP) skipped = chargeSkip()
    }
    for (let i = place < 0 ? -place + 1 : 0; i < slots.length; i += 2) {
      if (slots[i + 1] !== undefined) return -(i + 1)
      if (++skipped === SKIP) skipped = chargeSkip()
    }
    return 0
  }

  keyAt(place: number): LuaValue {
    return place > 0 ? place : this.slots[-place - 1]
  }

  valueAt(place: number): LuaValue {
    return place > 0 ? this.list[place - 1] : this.slots[-place]
  }

  /** The place of a key for `advance`, or nothing if the table never had it. */
  placeOf(key: LuaValue): number | undefined {
    if (key === undefined) return 0
    if (typeof key === 'number' && key >= 1 && key <= this.list.length && Number.isInteger(key)) {
      return key
    }
    const at = this.#slotOf(key)
    return at < 0 ? undefined : -(at + 1)
  }
}

/** Entries passed over in `advance` that cost SKIP / 2 steps. */
const SKIP = 16

function chargeSkip(): number {
  spend(SKIP / 2)
  return 0
}

function chargeKey(key: string): void {
  run.fuel -= key.length >> 5
  if (run.fuel < 0) allocate(Number.MAX_SAFE_INTEGER)
}

/** A new empty table, charged. */
export function newTable(): LuaTable {
  allocate(TABLE_BYTES)
  return new LuaTable([], [])
}

/** A new table that holds a list, charged. The array becomes the table's own. */
export function newList(list: LuaValue[]): LuaTable {
  allocate(TABLE_BYTES + 16 * list.length)
  let length = list.length
  while (length > 0 && list[length - 1] === undefined) length--
  if (list.length !== length) list.length = length
  return new LuaTable([], list)
}

/** A table of named values, for libraries. */
export function tableOf(entries: Readonly<Record<string, LuaValue>>): LuaTable {
  const slots: LuaValue[] = []
  for (const [key, value] of Object.entries(entries)) slots.push(key, value)
  return new LuaTable(slots, [])
}
