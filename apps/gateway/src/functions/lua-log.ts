import {
  type HostFunction,
  hostTable,
  type HostValue,
  numberText,
  type Unsendable,
} from '@postern/lua'
import { type Kong, type PdkFunction, pdkFunctions } from '@postern/plugin-runtime'
import type { KongSource } from './lua-ngx.ts'
import { luaValueOf } from './lua-value.ts'
import { pdkArgument } from './pdk-argument.ts'

const LOG_FUNCTIONS = pdkFunctions.filter(
  ({ name }) => /^log\.[a-z_]+$/.test(name) && name !== 'log.new' && name !== 'log.inspect',
)

/**
 * `kong.log` for Lua: a function for the level notice, with the levels as its fields, and
 * `kong.log.inspect`, which is one too.
 *
 * @param isShadow whether what changes the record of the request is to do nothing
 */
export function logTable(calls: KongSource, isShadow: () => boolean = () => false): HostValue {
  return logOf({ calls, isShadow, log: ({ log }) => log })
}

interface LogSource {
  readonly calls: KongSource
  readonly isShadow: () => boolean
  readonly log: (kong: Kong) => Kong['log']
}

function logOf(source: LogSource): HostValue {
  const log = (): Kong['log'] => source.log(source.calls.kong('log'))
  const fields = LOG_FUNCTIONS.map(
    (fn) => [fn.name.slice('log.'.length), bind(fn, source)] as const,
  )
  return hostTable({
    call: (...values) => log()(...values.map(logValue)),
    fields: {
      ...Object.fromEntries(fields),
      inspect: inspectTable(() => log().inspect),
      new: (namespace, format) => newLog(source, namespace, format),
    },
  })
}

function bind(fn: PdkFunction, { calls, isShadow, log }: LogSource): HostFunction {
  const changes = fn.name.startsWith('log.set_')
  const takes = TAKES.get(fn.name) ?? logValue
  return (...values) => {
    if (changes && isShadow()) return undefined
    const kong = calls.kong('log')
    // A function of the log asks `kong` for nothing else.
    const own = { log: log(kong) } as Kong
    return luaValueOf(fn.call(own, values.map(takes))[0])
  }
}

/** Where an argument is no part of a line. */
const TAKES: ReadonlyMap<string, (value: HostValue) => unknown> = new Map([
  ['log.set_format', formatValue],
  ['log.set_serialize_value', serializedValue],
])

/** Chunks keep a log in a local at their top, so it is made again for each request. */
function newLog(source: LogSource, namespace: HostValue, format: HostValue): HostValue {
  const make = ({ log }: Kong): Kong['log'] =>
    log.new(namespace as string, formatValue(format) as string | undefined)
  const made = new WeakMap<Kong, Kong['log']>()
  const log = (kong: Kong): Kong['log'] => {
    const known = made.get(kong) ?? make(kong)
    made.set(kong, known)
    return known
  }
  // What it cannot take is refused at once.
  log(source.calls.kong('log.new'))
  return logOf({ ...source, log })
}

function inspectTable(inspect: () => Kong['log']['inspect']): HostValue {
  return hostTable({
    call: (...values) => inspect()(...values),
    fields: { on: () => inspect().on(), off: () => inspect().off() },
  })
}

function logValue(value: HostValue | Unsendable): unknown {
  if (typeof value === 'number') return numberText(value)
  if (value instanceof Uint8Array) return Buffer.from(value).toString('latin1')
  return value === null ? 'userdata: NULL' : value
}

/** A value of its own type, for a program that reads the log; bytes that are no UTF-8 become text. */
function serializedValue(value: HostValue): unknown {
  return value instanceof Uint8Array ? logValue(value) : pdkArgument(value)
}

/** Where in Lua a function was called is not known: the stack is that of the host. */
function formatValue(format: HostValue): unknown {
  if (typeof format !== 'string') return format
  return format.replace(/%(?:file_src|line_src|func_name)/g, '?')
}
