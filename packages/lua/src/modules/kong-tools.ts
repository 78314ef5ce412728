/**
 * The modules `kong.tools.*` that Kong lists as harmless, in Lua over `kong.tools.utils`, so that
 * what they do is charged like everything else. Only functions that need nothing of the host.
 */
export const KONG_TOOLS: Readonly<Record<string, string>> = {
  'kong.tools.string': `
local utils, find = ..., string.find
local M = { split = utils.split, strip = utils.strip }

-- An iterator over the pieces, and with how many there are at most.
function M.isplitn(text, separator, most)
  local pieces, i = M.splitn(text, separator, most), 0
  return function()
    i = i + 1
    return pieces[i]
  end
end

function M.splitn(text, separator, most)
  local pieces = {}
  if type(text) ~= "string" or type(separator) ~= "string" then return pieces, 0 end
  if separator == "" then return { text }, 1 end
  local from = 1
  while not most or #pieces + 1 < most do
    local first, last = find(text, separator, from, true)
    if not first then break end
    pieces[#pieces + 1] = text:sub(from, first - 1)
    from = last + 1
  end
  if not most or most > 0 then pieces[#pieces + 1] = text:sub(from) end
  return pieces, #pieces
end

function M.bytes_to_str(bytes, unit, scale)
  unit, scale = unit or "b", scale or 2
  local divisors = { b = 1, B = 1, k = 1024, K = 1024, m = 1024 ^ 2, M = 1024 ^ 2, g = 1024 ^ 3, G = 1024 ^ 3 }
  local divisor = divisors[unit]
  if not divisor then error("invalid unit '" .. unit .. "' (expected 'k/K', 'm/M', or 'g/G')", 2) end
  if divisor == 1 then return tostring(bytes) end
  return ("%." .. scale .. "f %siB"):format(bytes / divisor, unit:upper())
end

function M.replace_dashes(text) return (text:gsub("-", "_")) end
function M.replace_dashes_lower(text) return (text:gsub("-", "_"):lower()) end
function M.replace_underscores(text) return (text:gsub("_", "-")) end
function M.get_first(text) return text:sub(1, 1) end

function M.to_hex(bytes)
  return (bytes:gsub(".", function(byte) return ("%02x"):format(byte:byte()) end))
end
function M.from_hex(text)
  return (text:gsub("%x%x", function(digits) return string.char(tonumber(digits, 16)) end))
end
return M`,

  'kong.tools.table': `
local utils = ...
local M = {}
for _, name in ipairs({
  "table_contains", "table_merge", "table_remove", "shallow_copy", "deep_copy", "concat", "pack",
  "cycle_aware_deep_copy", "cycle_aware_deep_merge", "is_array", "is_lat_array", "unpack", "table_size",
}) do M[name] = utils[name] end

-- The value at a path of keys, or nil and what is missing.
function M.table_path(value, path)
  for _, key in ipairs(path) do
    if type(value) ~= "table" then return nil end
    value = value[key]
  end
  return value
end

function M.remove_duplicates(list)
  local seen, result = {}, {}
  for _, item in ipairs(list or {}) do
    if not seen[item] then seen[item] = true result[#result + 1] = item end
  end
  return result
end

function M.add_error(errors, key, problem)
  if not errors then errors = {} end
  if errors[key] == nil then errors[key] = problem
  elseif type(errors[key]) == "table" then table.insert(errors[key], problem)
  else errors[key] = { errors[key], problem } end
  return errors
end
return M`,

  'kong.tools.uuid': `
local utils = ...
return { uuid = utils.uuid, is_valid_uuid = utils.is_valid_uuid }`,

  'kong.tools.rand': `
local utils = ...
return { random_string = utils.random_string, get_rand_bytes = utils.get_random_bytes }`,

  'kong.tools.uri': `
local M = {}

local function hex(character) return ("%%%02X"):format(character:byte()) end

-- Escapes all but the characters that stand for themselves in a URI.
function M.escape(text)
  return (text:gsub("[^%w%-%._~!#%$&'%(%)%*%+,/:;=%?@%[%]%%]", hex))
end

-- Unreserved characters as they are, other escapes in capitals, without dots and, if asked for,
-- without repeated slashes.
function M.normalize(uri, merge_slashes)
  local text = uri:gsub("%%(%x%x)", function(digits)
    local character = string.char(tonumber(digits, 16))
    if character:find("^[%w%-%._~]$") then return character end
    return "%" .. digits:upper()
  end)
  if merge_slashes then text = text:gsub("/+", "/") end
  local pieces = {}
  for piece in (text .. "/"):gmatch("([^/]*)/") do
    if piece == ".." then
      if #pieces > 1 then pieces[#pieces] = nil end
      pieces.open = true
    elseif piece == "." then pieces.open = true
    else
      pieces[#pieces + 1] = piece
      pieces.open = false
    end
  end
  local result = table.concat(pieces, "/") .. (pieces.open and "/" or "")
  return M.escape(result == "" and "/" or result)
end
return M`,

  'kong.tools.http': `
local utils = ...
return { encode_args = utils.encode_args, decode_args = utils.decode_args }`,

  'kong.tools.cjson': `
local _, require = ...
local safe, plain = require("cjson.safe"), require("cjson")
return {
  encode = safe.encode, decode_with_array_mt = safe.decode, decode = safe.decode,
  null = plain.null, empty_array = plain.empty_array, array_mt = plain.array_mt, new = plain.new,
}`,

  'kong.tools.json': `
local _, require = ...
local safe = require("cjson.safe")
return { encode = safe.encode, decode = safe.decode }`,

  'kong.tools.time': `
local M = {}
function M.time() return os.time() end
function M.get_updated_now() return os.time() end
function M.get_updated_now_ms() return os.time() * 1000 end
function M.get_start_time_ms() return os.time() * 1000 end
return M`,

  'kong.tools.timestamp': `
local M = {}
function M.get_utc() return os.time() * 1000 end
function M.get_utc_ms() return os.time() * 1000 end
-- The beginnings of the running second, minute, hour, day, month and year, in milliseconds.
function M.get_timestamps(at)
  local seconds = math.floor((at or M.get_utc()) / 1000)
  local d = os.date("!*t", seconds)
  local day = seconds - seconds % 86400
  local month = day - (d.day - 1) * 86400
  local year = day - (d.yday - 1) * 86400
  return {
    second = seconds * 1000, minute = (seconds - seconds % 60) * 1000,
    hour = (seconds - seconds % 3600) * 1000, day = day * 1000, month = month * 1000, year = year * 1000,
  }
end
return M`,

  'kong.tools.yield': `
return { yield = function() end, in_yield = function() return false end }`,

  'pl.stringx': `
local utils = ...
local M = {}
local function setOf(characters)
  return "[" .. (characters and (characters:gsub("%W", "%%%0")) or "%s") .. "]"
end
function M.strip(text, characters) return M.lstrip(M.rstrip(text, characters), characters) end
function M.lstrip(text, characters)
  local set = setOf(characters)
  local at = 1
  while at <= #text and text:sub(at, at):find(set) do at = at + 1 end
  return text:sub(at)
end
function M.rstrip(text, characters)
  local set = setOf(characters)
  local at = #text
  while at >= 1 and text:sub(at, at):find(set) do at = at - 1 end
  return text:sub(1, at)
end
function M.startswith(text, prefix) return text:sub(1, #prefix) == prefix end
function M.endswith(text, suffix) return suffix == "" or text:sub(-#suffix) == suffix end
function M.split(text, separator, most)
  return utils.split(text, separator, separator ~= nil, most)
end
function M.join(separator, list) return table.concat(list, separator) end
function M.replace(text, old, new, most)
  return (text:gsub((old:gsub("%W", "%%%0")), (new:gsub("%%", "%%%%")), most))
end
function M.count(text, piece)
  local count, from = 0, 1
  while piece ~= "" do
    local first, last = text:find(piece, from, true)
    if not first then break end
    count, from = count + 1, last + 1
  end
  return count
end
function M.isalpha(text) return text:find("^%a+$") ~= nil end
function M.isdigit(text) return text:find("^%d+$") ~= nil end
function M.isalnum(text) return text:find("^%w+$") ~= nil end
function M.isspace(text) return text:find("^%s+$") ~= nil end
function M.islower(text) return text:find("^[%l%s]+$") ~= nil end
function M.isupper(text) return text:find("^[%u%s]+$") ~= nil end
function M.lines(text) return text:gmatch("([^\\n]*)\\n?") end
return M`,

  'pl.tablex': `
local utils = ...
local M = { deepcopy = utils.deep_copy, copy = utils.shallow_copy, size = utils.table_size }
function M.keys(t) local r = {} for k in pairs(t) do r[#r + 1] = k end return r end
function M.values(t) local r = {} for _, v in pairs(t) do r[#r + 1] = v end return r end
function M.map(f, t, ...) local r = {} for k, v in pairs(t) do r[k] = f(v, ...) end return r end
function M.filter(t, f, ...) local r = {} for _, v in ipairs(t) do if f(v, ...) then r[#r + 1] = v end end return r end
function M.reduce(f, t, memo)
  for _, v in ipairs(t) do if memo == nil then memo = v else memo = f(memo, v) end end
  return memo
end
function M.find(t, value, from)
  for i = from or 1, #t do if t[i] == value then return i end end
end
function M.merge(a, b, all)
  local r = {}
  for k, v in pairs(a) do if all or b[k] ~= nil then r[k] = v end end
  if all then for k, v in pairs(b) do r[k] = v end
  else for k, v in pairs(b) do if a[k] ~= nil then r[k] = v end end end
  return r
end
function M.union(a, b) return M.merge(a, b, true) end
function M.intersection(a, b) return M.merge(a, b, false) end
function M.update(a, b) for k, v in pairs(b) do a[k] = v end return a end
local function same(a, b, depth)
  if type(a) ~= "table" or type(b) ~= "table" then return a == b end
  if depth > 100 then return false end
  for k, v in pairs(a) do if not same(v, b[k], depth + 1) then return false end end
  for k in pairs(b) do if a[k] == nil then return false end end
  return true
end
function M.deepcompare(a, b) return same(a, b, 0) end
return M`,
}
