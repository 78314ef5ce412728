/**
 * What can pass between JavaScript and Lua. nil is `undefined`; `null` inside a table is `cjson.null`.
 * A Map goes in as a table with its keys as they are: numbers from 0, say. None comes out.
 */
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
  | LuaReference
  | ReadonlyMap<string | number, HostValue>
  | readonly HostValue[]
  | { readonly [key: string]: HostValue }

/** A function of the host. Several values go back as `multi(…)`. */
export type HostFunction = (...args: HostValue[]) => HostValue | LuaMulti | void

/** Work of the host that a call of Lua waits for. */
export class HostWait<T = HostValue | LuaMulti | void> {
  readonly answer: PromiseLike<T>
  /** Gives the work up: the call has been ended. How the answer comes out then is nobody's business. */
  readonly abort: () => void

  constructor(answer: PromiseLike<T>, abort: () => void = () => {}) {
    this.answer = answer
    this.abort = abort
  }
}

/** Functions marked by `waiting`. */
export const waitingFunctions: WeakSet<object> = new WeakSet()

/**
 * Marks a host function that Lua may wait for: it answers a `HostWait`, or a value when it has one.
 * Only calls made by `callWaiting` can wait; in others, and where a function in between cannot be
 * suspended, calling it is a Lua error, `attempt to yield across C-call boundary`.
 *
 * A failure of what is waited for becomes a Lua error.
 */
export function waiting(
  fn: (...args: HostValue[]) => HostValue | LuaMulti | HostWait | void,
): HostFunction {
  waitingFunctions.add(fn)
  return fn as HostFunction
}

/** A call of Lua that waits for the host. Other calls run meanwhile. */
export interface LuaWaitingCall {
  /**
   * Goes on after each wait, and answers what the call answers. To be called once, at once.
   *
   * @param within runs each part of the call after a wait; for what belongs to a call outside Lua
   * @throws POSTERN_LUA_RUNTIME, POSTERN_LUA_BUDGET
   */
  finish(within?: (part: () => void) => void): Promise<HostValue[]>
  /**
   * Ends the call where it waits: what it waits for is aborted, nothing of it runs on, and it fails
   * with POSTERN_LUA_BUDGET, `exceeded` being `time`. Does nothing once it is over.
   */
  end(): void
}

/** A function of Lua, as the host sees it. */
export interface LuaFunction {
  /**
   * Calls it under a fresh budget; inside another call, under what is left of that one's.
   *
   * @throws POSTERN_LUA_RUNTIME, POSTERN_LUA_BUDGET
   */
  call(...args: HostValue[]): HostValue[]
  /**
   * Calls it so that it may wait for functions marked by `waiting`. Answers its values when it has
   * not waited. Inside another call it is like `call`: the host stands in between.
   *
   * @throws POSTERN_LUA_RUNTIME, POSTERN_LUA_BUDGET
   */
  callWaiting(...args: HostValue[]): HostValue[] | LuaWaitingCall
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

/**
 * A table or function that stays in Lua: a host that keeps it and gives it back gives back the very
 * same. What JavaScript sees of it is a copy.
 */
export class LuaReference {
  readonly #held: unknown
  readonly #copy: () => HostValue

  constructor(held: unknown, copy: () => HostValue) {
    this.#held = held
    this.#copy = copy
  }

  /** As it is now, as data; undefined when it has no form outside Lua. */
  copy(): HostValue {
    return this.#copy()
  }

  /** For the border only. */
  static heldBy(reference: LuaReference): unknown {
    return reference.#held
  }
}

/** A value that has no form outside Lua, for host functions that say what then happens. */
export class Unsendable {
  /** What is wrong with it: `a table with a boolean as key cannot leave Lua`. */
  readonly reason: string

  constructor(reason: string) {
    this.reason = reason
  }
}

/**
 * Marks a host function that takes an `Unsendable` in the place of a value that cannot leave Lua.
 * Without it the call is an error where it stands.
 */
export function takesUnsendable(
  fn: (...args: (HostValue | Unsendable)[]) => HostValue | LuaMulti | void,
): HostFunction {
  unsendableTakers.add(fn)
  return fn
}

/** Functions marked by `takesUnsendable`. */
export const unsendableTakers: WeakSet<object> = new WeakSet()

/** What a table of the host does when Lua reads it, writes to it or calls it. */
export interface HostTableAccess {
  /** Asked for what does not stand in `fields`. Default: nil. */
  get?(key: string | number): HostValue
  /** Told of each write, but to fields. Without it, writing is an error. */
  set?(key: string | number, value: HostValue): void
  /** Makes the table callable, as `kong.log` is. */
  call?(...args: HostValue[]): HostValue | LuaMulti | void
  /** What `pairs` goes over, besides `fields`: the names, whose values `get` is asked for. */
  keys?(): Iterable<string | number>
  /** What `tostring` answers. Default: an address. */
  readonly text?: string
  /** Entries that stand in the table itself, converted once; `pairs` sees these. */
  readonly fields?: Readonly<Record<string, HostValue>>
  /** Whether `set` is given tables and functions as a `LuaReference`, to give back the same. */
  readonly keepsReferences?: boolean
}

/** A table whose entries the host looks up at each access: `ngx.var`, `kong.ctx.shared`. */
export class HostTable {
  readonly access: HostTableAccess

  constructor(access: HostTableAccess) {
    this.access = access
  }
}

/** Makes a table that asks the host at each access. */
export function hostTable(access: HostTableAccess): HostTable {
  return new HostTable(access)
}
