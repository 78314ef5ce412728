import { type HostFunction, hostTable, type HostValue, type Unsendable } from '@postern/lua'
import { type Kong, type PdkFunction, pdkFunctions } from '@postern/plugin-runtime'
import type { KongSource } from './lua-ngx.ts'
import { luaValueOf } from './lua-value.ts'

const LOG_FUNCTIONS = pdkFunctions.filter(
  ({ name }) => /^log\.[a-z_]+$/.test(name) && name !== 'log.new' && name !== 'log.set_format',
)

/**
 * `kong.log` for Lua: a function for the level notice, with the levels as its fields, and
 * `kong.log.inspect`, which is one too.
 *
 * @param isShadow whether what changes the record of the request is to do nothing
 */
export function logTable(calls: KongSource, isShadow: () => boolean = () => false): HostValue {
  const log = (fn: PdkFunction): HostFunction => {
    const changes = fn.name.startsWith('log.set_')
    return (...values) => {
      if (changes && isShadow()) return undefined
      return luaValueOf(fn.call(calls.kong('log'), values.map(logValue))[0])
    }
  }
  const fields = LOG_FUNCTIONS.map((fn) => [fn.name.slice('log.'.length), log(fn)] as const)
  return hostTable({
    call: (...values) => calls.kong('log').log(...values.map(logValue)),
    fields: { ...Object.fromEntries(fields), inspect: inspectTable(calls) },
  })
}

function inspectTable(calls: KongSource): HostValue {
  const inspect = (): Kong['log']['inspect'] => calls.kong('log.inspect').log.inspect
  return hostTable({
    call: (...values) => inspect()(...values),
    fields: { on: () => inspect().on(), off: () => inspect().off() },
  })
}

function logValue(value: HostValue | Unsendable): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('latin1')
  return value === null ? 'userdata: NULL' : value
}
