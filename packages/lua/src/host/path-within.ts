import { allocateString, spend } from '../runtime/budget.ts'
import { LuaTable } from '../runtime/table.ts'
import type { LuaValue } from '../runtime/value.ts'

/** Longer paths than this tell nobody more. */
const MAX_LENGTH = 200
const MAX_NESTING = 1000

/**
 * Where in a table a value stands, as Lua would write it: `items[2].file`, in bytes. Empty where it
 * does not stand there, or too deep to be told.
 */
export function pathWithin(table: LuaTable, sought: LuaValue): string {
  const seen = new Set<LuaTable>()
  const steps: LuaValue[] = []
  const isFoundIn = (from: LuaTable): boolean => {
    seen.add(from)
    for (let at = from.advance(0); at !== 0; at = from.advance(at)) {
      spend(4)
      const value = from.valueAt(at)
      steps.push(from.keyAt(at))
      if (value === sought) return true
      const isNew = value instanceof LuaTable && !seen.has(value) && steps.length < MAX_NESTING
      if (isNew && isFoundIn(value)) return true
      steps.pop()
    }
    return false
  }
  return isFoundIn(table) ? written(steps) : ''
}

function written(steps: readonly LuaValue[]): string {
  let path = ''
  for (const step of steps) {
    if (typeof step === 'string') path += path === '' ? step : `.${step}`
    else path += `[${String(step)}]`
    if (path.length > MAX_LENGTH) return ''
  }
  allocateString(path.length)
  return path
}
