/** What can pass between JavaScript and Lua. nil is `undefined`; `null` inside a table is `cjson.null`. */
export type HostValue =
  | undefined
  | null
  | boolean
  | number
  | string
  | Uint8Array
  | HostFunction
  | LuaFunction
  | HostTable
  | readonly HostValue[]
  | { readonly [key: string]: HostValue }

/** A function of the host. Several values go back as `multi(…)`. */
export type HostFunction = (...args: HostValue[]) => HostValue | LuaMulti | void

/** A function of Lua, as the host sees it. */
export interface LuaFunction {
  /**
   * Calls it under a fresh budget; inside another call, under what is left of that one's.
   *
   * @throws POSTERN_LUA_RUNTIME, POSTERN_LUA_BUDGET
   */
  call(...args: HostValue[]): HostValue[]
}

/** Several values that a host function answers. */
export class LuaMulti {
  readonly values: readonly HostValue[]

  constructor(values: readonly HostValue[]) {
    this.values = values
  }
}

/** Answers several values from a host function: `multi(undefined, 'not found')`. */
export function multi(...values: HostValue[]): LuaMulti {
  return new LuaMulti(values)
}

/** A table whose entries the host looks up at each access: `ngx.var`, `kong.ctx.shared`. */
export class HostTable {
  readonly get: (key: string | number) => HostValue
  readonly set: ((key: string | number, value: HostValue) => void) | undefined

  constructor(
    get: (key: string | number) => HostValue,
    set?: (key: string | number, value: HostValue) => void,
  ) {
    this.get = get
    this.set = set
  }
}

/** Makes a table that asks the host at each access. Without `set`, writing to it is an error. */
export function hostTable(access: {
  get(key: string | number): HostValue
  set?(key: string | number, value: HostValue): void
}): HostTable {
  const { get, set } = access
  return new HostTable(get.bind(access), set?.bind(access))
}
