import { spend } from '../runtime/budget.ts'
import { callFirst } from '../runtime/call.ts'
import { less } from '../runtime/compare.ts'
import { raise } from '../runtime/position.ts'
import type { LuaTable } from '../runtime/table.ts'
import type { LuaValue } from '../runtime/value.ts'

/**
 * Sorts the list of a table in place by Lua 5.1's quicksort, so that the same order functions that
 * are invalid there are told to be invalid here.
 */
export function sort(table: LuaTable, comparator: LuaValue): void {
  const isLess = comparatorOf(comparator)
  const get = (i: number): LuaValue => table.getNumber(i)
  const swap = (i: number, a: LuaValue, j: number, b: LuaValue): void => {
    table.setNumber(i, a)
    table.setNumber(j, b)
  }
  sortRange({ get, swap, isLess }, 1, table.length())
}

interface Sorting {
  readonly get: (i: number) => LuaValue
  readonly swap: (i: number, a: LuaValue, j: number, b: LuaValue) => void
  readonly isLess: (a: LuaValue, b: LuaValue) => boolean
}

function comparatorOf(comparator: LuaValue): Sorting['isLess'] {
  if (comparator === undefined) {
    return (a, b) => {
      spend(4)
      return less(a, b, 0)
    }
  }
  return (a, b) => {
    spend(4)
    const answer = callFirst(comparator, a, b)
    return answer !== undefined && answer !== false
  }
}

/** The smaller half by recursion, the larger one by going round again. */
function sortRange(sorting: Sorting, from: number, to: number): void {
  let low = from
  let high = to
  while (low < high) {
    order(sorting, low, high)
    if (high - low === 1) return
    const middle = Math.floor((low + high) / 2)
    orderMiddle(sorting, low, middle, high)
    if (high - low === 2) return
    const split = partition(sorting, low, middle, high)
    if (split - low < high - split) {
      sortRange(sorting, low, split - 1)
      low = split + 1
    } else {
      sortRange(sorting, split + 1, high)
      high = split - 1
    }
  }
}

function order({ get, swap, isLess }: Sorting, low: number, high: number): void {
  const first = get(low)
  const last = get(high)
  if (isLess(last, first)) swap(low, last, high, first)
}

function orderMiddle(sorting: Sorting, low: number, middle: number, high: number): void {
  const { get, swap, isLess } = sorting
  const center = get(middle)
  const first = get(low)
  if (isLess(center, first)) {
    swap(middle, first, low, center)
    return
  }
  const last = get(high)
  if (isLess(last, center)) swap(middle, last, high, center)
}

function partition(sorting: Sorting, low: number, middle: number, high: number): number {
  const { get, swap, isLess } = sorting
  const pivot = get(middle)
  swap(middle, get(high - 1), high - 1, pivot)
  let i = low
  let j = high - 1
  for (;;) {
    let left = get(++i)
    while (isLess(left, pivot)) {
      if (i > high) throw raise('invalid order function for sorting')
      left = get(++i)
    }
    let right = get(--j)
    while (isLess(pivot, right)) {
      if (j < low) throw raise('invalid order function for sorting')
      right = get(--j)
    }
    if (j < i) break
    swap(i, right, j, left)
  }
  const held = get(high - 1)
  swap(high - 1, get(i), i, held)
  return i
}
