import type { LuaTable } from './table.ts'
import type { Wait } from './wait.ts'

/** A value inside Lua. nil is `undefined`; a string has one character for each byte. */
export type LuaValue =
  | undefined
  | boolean
  | number
  | string
  | LuaTable
  | Callable
  | Coroutine
  | Userdata

/**
 * A function inside Lua. Answers one value as it is, none or several in an array; a Lua value
 * is never an array, so the two cannot be mixed up.
 */
export interface Callable {
  (...args: LuaValue[]): LuaResult
  /** The form that runs where it can yield or wait. Only where it could matter. */
  g?: GeneratorForm
}

/** Answers at once, or the call itself, still to be driven. */
export type GeneratorForm = (...args: LuaValue[]) => LuaResult | SuspendableCall

/** A call that may stop on its way: for the values of a `yield`, or for the host. */
export type SuspendableCall = Generator<LuaValue[] | Wait, LuaResult, LuaValue[]>

export type LuaResult = LuaValue | LuaValue[]

/** What a function answers that returns nothing. Never written to. */
export const NOTHING: LuaValue[] = Object.freeze([]) as unknown as LuaValue[]

/** Something of the host's that Lua can hold, compare and hand back, and nothing else. */
export class Userdata {
  readonly label: string
  metatable: LuaTable | undefined
  readonly content: unknown

  constructor(label: string, content?: unknown) {
    this.label = label
    this.content = content
  }
}

export class Coroutine {
  status: 'suspended' | 'running' | 'normal' | 'dead' = 'suspended'
  readonly body: Callable
  /** Depth at which it began; its own calls count on from there, wherever it is resumed. */
  base = 0
  generator: SuspendableCall | undefined

  constructor(body: Callable) {
    this.body = body
  }
}

/** JSON's null and everybody's `ngx.null`. */
export const JSON_NULL: Userdata = new Userdata('userdata: NULL')

export function typeName(value: LuaValue): string {
  switch (typeof value) {
    case 'undefined':
      return 'nil'
    case 'object':
      return value instanceof Userdata
        ? 'userdata'
        : value instanceof Coroutine
          ? 'thread'
          : 'table'
    default:
      return typeof value
  }
}
