import type { LuaValue } from './value.ts'

/** An error in flight inside Lua: what `error` was given. Not an Error, because its stack is nobody's. */
export class LuaThrow {
  readonly value: LuaValue

  constructor(value: LuaValue) {
    this.value = value
  }
}

/** The end of a call that used up its budget. Nothing in Lua can catch it. */
export class BudgetExceeded {
  readonly what: 'fuel' | 'memory' | 'stack' | 'time'
  readonly message: string
  /** Where it was, as `placeOf` takes it; 0 when that is not known. */
  readonly site: number

  constructor(what: 'fuel' | 'memory' | 'stack' | 'time', message: string, site: number) {
    this.what = what
    this.message = message
    this.site = site
  }
}
