import { type HostValue, numberText } from '@postern/lua'

/** What stands for `ngx.null`, which is neither nil nor a table. */
const NULL = Symbol('ngx.null')

/** A function of Lua, which the PDK takes for one without being able to call it. */
const FUNCTION = (): void => undefined

/**
 * A value of Lua as an argument of the PDK, so that the PDK's own checks see its type: `ngx.null`
 * is userdata, and a function of Lua is a function.
 */
export function pdkArgument(value: HostValue): unknown {
  if (value === null) return NULL
  if (isLuaFunction(value)) return FUNCTION
  return holdsFunction(value) ? withoutFunctions(value) : value
}

/** The arguments of a function of the PDK, by its name below `kong`. */
export function pdkArguments(name: string, args: readonly HostValue[]): readonly unknown[] {
  return ARGUMENTS.get(name)?.(args) ?? args.map(pdkArgument)
}

type ArgumentsOf = (args: readonly HostValue[]) => readonly unknown[]

const headerArguments: ArgumentsOf = ([name, value]) => [pdkArgument(name), headerArgument(value)]
const headersArguments: ArgumentsOf = ([headers]) => [headersArgument(headers)]

/** Where a table of Lua stands for texts, in Lua's form of numbers and lists. */
const ARGUMENTS: ReadonlyMap<string, ArgumentsOf> = new Map([
  ['response.set_header', headerArguments],
  ['response.add_header', headerArguments],
  ['response.set_headers', headersArguments],
  ['service.request.set_header', headerArguments],
  ['service.request.add_header', headerArguments],
  ['service.request.set_headers', headersArguments],
  ['service.request.set_query', ([args]) => [queryArgument(args)]],
])

/** The same for what a header is to say: as text, and in order. */
function headerArgument(value: HostValue): unknown {
  if (typeof value === 'number') return numberText(value)
  const list = sequenceOf(value)
  return list === undefined ? pdkArgument(value) : list.map(pdkArgument)
}

/** The same for a table of headers. */
export function headersArgument(value: HostValue): unknown {
  if (!isTable(value)) return pdkArgument(value)
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, headerArgument(one)]))
}

/** The same for a table of arguments of a query. */
function queryArgument(value: HostValue): unknown {
  if (!isTable(value)) return pdkArgument(value)
  const text = (one: HostValue): unknown =>
    typeof one === 'number' ? numberText(one) : pdkArgument(one)
  return Object.fromEntries(
    Object.entries(value).map(([name, one]) => [name, sequenceOf(one)?.map(text) ?? text(one)]),
  )
}

/**
 * The part of a table that Lua counts as a list: from 1 to the first nil. Undefined for what is no
 * table.
 */
function sequenceOf(value: HostValue): readonly HostValue[] | undefined {
  if (Array.isArray(value)) {
    const end = value.indexOf(null)
    return (end < 0 ? value : value.slice(0, end)) as readonly HostValue[]
  }
  if (!isTable(value)) return undefined
  const list: HostValue[] = []
  while (value[list.length + 1] !== undefined) list.push(value[list.length + 1])
  return list
}

/** A table that is no list. */
function isTable(value: HostValue): value is Readonly<Record<string, HostValue>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  return !(value instanceof Uint8Array) && !isLuaFunction(value)
}

function holdsFunction(value: HostValue): value is Readonly<Record<string, HostValue>> {
  return isTable(value) && Object.values(value).some(isLuaFunction)
}

/** One level is enough: what the PDK checks are headers and fields. */
function withoutFunctions(table: Readonly<Record<string, HostValue>>): Record<string, unknown> {
  const entries = Object.entries(table)
  return Object.fromEntries(entries.map(([key, one]) => [key, isLuaFunction(one) ? FUNCTION : one]))
}

/** Tables arrive as plain objects and arrays, so anything else with `call` is a function. */
export function isLuaFunction(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype !== Object.prototype && prototype !== null && 'call' in value
}
