/**
 * `kong.tools.utils`, in Lua, so that what it does is charged like everything else. Names and
 * answers are Kong's, where functions of users have been seen to use them.
 */
export const KONG_TOOLS_UTILS = `
local host = ...
local utils = {}

local function want(position, value, kind)
  if type(value) ~= kind then
    error(("argument %d expected a '%s' got a '%s'"):format(position, kind, type(value)), 3)
  end
end

-- The text in pieces; plain unless the third argument is false, by spaces without a separator.
function utils.split(text, separator, plain, most)
  want(1, text, "string")
  local pieces, from = {}, 1
  if separator == nil then
    text, separator, plain = text:match("^%s*(.*)$"), "%s+", false
  end
  if separator == "" then return { text } end
  if plain == nil then plain = true end
  while true do
    local first, last = text:find(separator, from, plain)
    if not first or last < first or (most and #pieces + 1 >= most) then break end
    pieces[#pieces + 1] = text:sub(from, first - 1)
    from = last + 1
  end
  local rest = text:sub(from)
  if rest ~= "" or plain then pieces[#pieces + 1] = rest end
  return pieces
end

function utils.strip(text)
  if type(text) ~= "string" then return "" end
  return text:match("^%s*(.-)%s*$")
end
utils.trim = utils.strip

utils.uuid = host.uuid
utils.random_string = host.random_string
utils.get_random_bytes = host.random_bytes

function utils.is_valid_uuid(text)
  return type(text) == "string" and #text == 36
    and text:find("^%x%x%x%x%x%x%x%x%-%x%x%x%x%-%x%x%x%x%-%x%x%x%x%-%x%x%x%x%x%x%x%x%x%x%x%x$") ~= nil
end

function utils.table_contains(list, value)
  if list then
    for _, item in pairs(list) do if item == value then return true end end
  end
  return false
end

-- A new table; values of the second win.
function utils.table_merge(first, second)
  local result = {}
  for key, value in pairs(first or {}) do result[key] = value end
  for key, value in pairs(second or {}) do result[key] = value end
  return result
end

function utils.table_remove(list, value)
  for i, item in ipairs(list or {}) do
    if item == value then table.remove(list, i) return true end
  end
  return false
end

function utils.shallow_copy(value)
  if type(value) ~= "table" then return value end
  local copy = {}
  for key, item in pairs(value) do copy[key] = item end
  return copy
end

local function deep_copy(value, copies)
  if type(value) ~= "table" then return value end
  if copies[value] then return copies[value] end
  local copy = {}
  copies[value] = copy
  for key, item in pairs(value) do copy[deep_copy(key, copies)] = deep_copy(item, copies) end
  return copy
end
function utils.deep_copy(value) return deep_copy(value, {}) end
utils.cycle_aware_deep_copy = utils.deep_copy

function utils.cycle_aware_deep_merge(first, second)
  local result = utils.deep_copy(first)
  for key, value in pairs(second) do
    if type(result[key]) == "table" and type(value) == "table" then
      result[key] = utils.cycle_aware_deep_merge(result[key], value)
    else
      result[key] = utils.deep_copy(value)
    end
  end
  return result
end

function utils.table_size(value)
  local count = 0
  for _ in pairs(value or {}) do count = count + 1 end
  return count
end

function utils.is_array(value)
  if type(value) ~= "table" then return false end
  local count = 0
  for key in pairs(value) do
    count = count + 1
    if type(key) ~= "number" or value[count] == nil then return false end
  end
  return true
end
utils.is_lat_array = utils.is_array

function utils.concat(...)
  local result = {}
  for i = 1, select("#", ...) do
    for _, item in ipairs((select(i, ...))) do result[#result + 1] = item end
  end
  return result
end

function utils.pack(...) return { n = select("#", ...), ... } end
function utils.unpack(list, from, to) return unpack(list, from or 1, to or list.n or #list) end

local function escape(text)
  return (tostring(text):gsub("[^%w%-_%.~]", function(byte) return ("%%%02X"):format(byte:byte()) end))
end

-- A query string, keys in order; a list repeats its key, true is a key alone.
function utils.encode_args(args)
  local keys, pairs_of = {}, {}
  for key in pairs(args) do keys[#keys + 1] = key end
  table.sort(keys, function(a, b) return tostring(a) < tostring(b) end)
  for _, key in ipairs(keys) do
    local values = type(args[key]) == "table" and args[key] or { args[key] }
    for _, value in ipairs(values) do
      local name = escape(key)
      if value == true then pairs_of[#pairs_of + 1] = name
      elseif value ~= false then pairs_of[#pairs_of + 1] = name .. "=" .. escape(value) end
    end
  end
  return table.concat(pairs_of, "&")
end

function utils.decode_args(text)
  local function decode(piece)
    return (piece:gsub("+", " "):gsub("%%(%x%x)", function(hex) return string.char(tonumber(hex, 16)) end))
  end
  local args = {}
  for piece in text:gmatch("[^&]+") do
    local key, value = piece:match("^(.-)=(.*)$")
    key, value = decode(key or piece), value and decode(value) or true
    if args[key] == nil then args[key] = value
    elseif type(args[key]) == "table" then table.insert(args[key], value)
    else args[key] = { args[key], value } end
  end
  return args
end

return utils
`
