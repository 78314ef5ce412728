import { hostTable, type HostValue } from '@postern/lua'

/**
 * A name below `kong` that the sandbox hides, as Kong hides `kong.licensing`: it prints `nil`, holds
 * nothing, and takes nothing.
 */
export function hiddenTable(path: string): HostValue {
  return hostTable({
    text: 'nil',
    get: () => undefined,
    set(key) {
      throw new Error(`Cannot modify ${path}.${key}. Protected by the sandbox.`)
    },
  })
}
