import { hostTable, type HostValue } from '@postern/lua'
import type { Kong } from '@postern/plugin-runtime'
import { luaValueOf } from './lua-value.ts'
import { plainData } from './plain-data.ts'

/** `kong.configuration` for Lua: read, and never written. */
export function configurationTable(
  configuration: () => Kong['configuration'] | undefined,
): HostValue {
  const removeSensitive = (): HostValue => plainData(configuration()?.removeSensitive())
  return hostTable({
    get: (key) =>
      key === 'remove_sensitive' ? removeSensitive : luaValueOf(configuration()?.[key]),
    keys: () => Object.keys(configuration() ?? {}),
    set() {
      throw new Error('cannot write to configuration')
    },
  })
}
