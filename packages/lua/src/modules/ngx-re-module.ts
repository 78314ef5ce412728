/** The module `ngx.re`: `split`, in Lua over `ngx.re.match`, which it is given. */
export const NGX_RE_MODULE = `
local re = ...
local M = {}

-- The pieces between matches, and what the captures of the separators hold, as OpenResty does.
function M.split(text, regex, options, context, most, result)
  result = result or {}
  most = most or 0
  local position = context and context.pos or 1
  local pieces, from = 0, position
  local place = { pos = position }
  if text == "" then result[1] = "" result[2] = nil return result end
  while most <= 0 or pieces + 1 < most do
    local start = place.pos
    local first, last, problem = re.find(text, regex, options, place)
    if problem then return nil, problem end
    if not first then break end
    if last < first then
      if first > #text then break end
      if first > from then
        pieces = pieces + 1
        result[pieces] = text:sub(from, first - 1)
        from = first
      end
      place.pos = first + 1
    else
      pieces = pieces + 1
      result[pieces] = text:sub(from, first - 1)
      local captures = re.match(text, regex, options, { pos = start })
      for i = 1, captures and #captures or 0 do
        if captures[i] then pieces = pieces + 1 result[pieces] = captures[i] end
      end
      from = last + 1
      place.pos = from
    end
  end
  pieces = pieces + 1
  result[pieces] = text:sub(from)
  result[pieces + 1] = nil
  return result
end

function M.opt() end
return M
`
