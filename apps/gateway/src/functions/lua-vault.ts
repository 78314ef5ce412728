import { type HostFunction, hostTable, type HostValue, type Lua, multi } from '@postern/lua'
import { type PdkFunction, pdkFunctions } from '@postern/plugin-runtime'
import type { LuaReach } from './lua-endowments.ts'
import type { KongSource } from './lua-ngx.ts'
import { luaValues } from './lua-value.ts'
import { writtenInLua } from './lua-written.ts'
import { pdkArgument } from './pdk-argument.ts'

/**
 * `kong.vault` for Lua. References can be taken apart everywhere. What they stand for is told only
 * with `on`: the environment of the process is not for code that nobody vouches for.
 */
export function vaultTable(calls: KongSource, reach: LuaReach, lua: () => Lua): HostValue {
  const bind = (name: string): HostFunction => {
    const fn = FUNCTIONS.get(`vault.${name}`) as PdkFunction
    return (...args) => luaValues(fn.call(calls.kong(fn.name), args.map(pdkArgument)), fn.name)
  }
  const parse = bind('parse_reference')
  const get = reach === 'on' ? bind('get') : closed(parse)
  const written = writtenInLua(lua, SOURCE, get)
  return hostTable({
    fields: {
      is_reference: bind('is_reference'),
      parse_reference: parse,
      get,
      flush: bind('flush'),
    },
    get: (name) => written.access.get?.(name),
  })
}

const FUNCTIONS = new Map(pdkFunctions.map((fn) => [fn.name, fn]))

/** Says of what is no reference that it is none, and of others that they are not told. */
function closed(parse: HostFunction): HostFunction {
  return (reference) => {
    const parsed = parse(reference)
    const isReference = typeof parsed === 'object' && parsed !== null && 'resource' in parsed
    if (!isReference) return parsed
    return multi(undefined, `the environment is not open to functions [${String(reference)}]`)
  }
}

/** Written in Lua, because both change the very table that they are given. */
const SOURCE = `
local get = ...
local error, next, type = error, next, type

local function check(options)
  if type(options) ~= 'table' then error('options must be a table', 3) end
end

local function update(options)
  check(options)
  for name, reference in next, options['$refs'] or {} do options[name] = get(reference) or '' end
  return options
end

return {
  update = update,
  try = function(callback, options)
    if type(callback) ~= 'function' then error('callback must be a function', 2) end
    check(options)
    local result, problem = callback(options)
    if result or not options['$refs'] then return result, problem end
    return callback(update(options))
  end,
}`
