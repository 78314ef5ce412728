import type { HostValue } from '@postern/lua'
import { plainData } from './plain-data.ts'

/** A value of the gateway for Lua. null is nil at the top; inside a table it is JSON's null. */
export function luaValueOf(value: unknown): HostValue {
  return value === null ? undefined : plainData(value)
}
