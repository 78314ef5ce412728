import type { HostValue, Lua } from '@postern/lua'
import { writtenInLua } from './lua-written.ts'

/** `kong.table` for Lua. */
export function tableTable(lua: () => Lua): HostValue {
  return writtenInLua(lua, SOURCE)
}

const SOURCE = `
local error, next, type = error, next, type

local function check(value, name, position)
  if type(value) == 'table' then return end
  error("bad argument #" .. position .. " to '" .. name .. "' (table expected, got " .. type(value) .. ")", 3)
end

local function copy(from, to)
  for key, value in next, from do to[key] = value end
end

return {
  new = function() return {} end,
  clear = function(tab)
    check(tab, 'clear', 1)
    for key in next, tab do tab[key] = nil end
  end,
  merge = function(first, second)
    local merged = {}
    if first ~= nil then check(first, 'merge', 1) copy(first, merged) end
    if second ~= nil then check(second, 'merge', 2) copy(second, merged) end
    return merged
  end,
}`
