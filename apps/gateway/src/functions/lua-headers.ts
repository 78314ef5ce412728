import { hostTable, type HostValue } from '@postern/lua'

/**
 * A table of headers for Lua: keys in lower case with dashes, found in any spelling, as Kong's
 * tables of headers are.
 */
export function luaHeaders(headers: Readonly<Record<string, HostValue>>): HostValue {
  const fields = { ...headers }
  return hostTable({
    fields,
    get(key) {
      const name = String(key).toLowerCase().replaceAll('_', '-')
      return Object.hasOwn(fields, name) ? fields[name] : undefined
    },
    set: () => undefined,
  })
}
