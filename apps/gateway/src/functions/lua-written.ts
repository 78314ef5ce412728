import { hostTable, type HostTable, type HostValue, type Lua } from '@postern/lua'

/**
 * A table below `kong` whose functions are written in Lua: what passes between Lua and the host is
 * a copy, and these have to see the very table, or a function, that they are given.
 *
 * @param source answers the table; what follows in `args` is its `...`
 */
export function writtenInLua(
  lua: () => Lua,
  source: string,
  ...args: readonly HostValue[]
): HostTable {
  let functions: Readonly<Record<string, HostValue>> | undefined
  const made = (): Readonly<Record<string, HostValue>> => {
    functions ??= lua()
      .compile(source, 'kong')
      .call(...args)[0] as Readonly<Record<string, HostValue>>
    return functions
  }
  return hostTable({ get: (name) => made()[name], keys: () => Object.keys(made()) })
}
