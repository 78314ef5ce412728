import { type HostTable, hostTable, type HostValue, LuaReference } from '@postern/lua'
import { luaValueOf } from './lua-value.ts'
import { plainData } from './plain-data.ts'

/**
 * A table that Lua functions and the plugins of this process share: `kong.ctx.shared`.
 *
 * What Lua keeps there Lua finds again as the very same table; the others see a copy as it is when
 * they look.
 *
 * @param state the object behind it, asked for at each access
 * @param mayWrite what is written is thrown away while this says no
 */
export function stateTable(
  state: () => Record<string, unknown>,
  mayWrite: () => boolean = () => true,
): HostTable {
  return hostTable({
    keepsReferences: true,
    keys: () => Object.keys(state()),
    get: (key) => referenceAt(state(), String(key)) ?? luaValueOf(state()[key]),
    set: (key, value) => {
      if (mayWrite()) keep(state(), String(key), value)
    },
  })
}

const referenceByGetter = new WeakMap<() => unknown, LuaReference>()

function referenceAt(state: Record<string, unknown>, key: string): LuaReference | undefined {
  const getter = Object.getOwnPropertyDescriptor(state, key)?.get
  return getter && referenceByGetter.get(getter)
}

function keep(state: Record<string, unknown>, key: string, value: HostValue): void {
  if (value === undefined) delete state[key]
  else if (value instanceof LuaReference) keepReference(state, key, value)
  else keepValue(state, key, plainData(value))
}

function keepReference(state: Record<string, unknown>, key: string, reference: LuaReference): void {
  const get = (): unknown => plainData(reference.copy())
  referenceByGetter.set(get, reference)
  const set = (value: unknown): void => keepValue(state, key, value)
  Object.defineProperty(state, key, { get, set, enumerable: true, configurable: true })
}

function keepValue(state: Record<string, unknown>, key: string, value: unknown): void {
  Object.defineProperty(state, key, {
    value,
    writable: true,
    enumerable: true,
    configurable: true,
  })
}
