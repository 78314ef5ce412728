-- Reads snippets from stdin, each as "LENGTH\n" and that many bytes; answers what each prints in
-- the same form. Run by Debian's lua5.1; the tests do the same to this package.
local function show(ok, ...)
  local out = {}
  for i = 1, select("#", ...) do out[i] = tostring((select(i, ...))) end
  return (ok and "return " or "error ") .. table.concat(out, "\t")
end
while true do
  local length = io.read("*n")
  if not length then break end
  io.read(1)
  local source = io.read(length) or ""
  local buffer = {}
  local env = {}
  for k, v in pairs(_G) do env[k] = v end
  env._G = env
  env.print = function(...)
    local out = {}
    for i = 1, select("#", ...) do out[i] = tostring((select(i, ...))) end
    buffer[#buffer + 1] = table.concat(out, "\t") .. "\n"
  end
  env.io = setmetatable({ write = function(...)
    local n = select("#", ...)
    for i = 1, n do
      local v = select(i, ...)
      if type(v) ~= "string" and type(v) ~= "number" then
        error("bad argument #" .. i .. " to 'write' (string expected, got " .. type(v) .. ")", 2)
      end
      buffer[#buffer + 1] = tostring(v)
    end
    return true
  end }, { __index = io })
  env.loadstring = function(s, name)
    local f, e = loadstring(s, name)
    if not f then return f, e end
    return setfenv(f, env)
  end
  env.load = function(...)
    local f, e = load(...)
    if not f then return f, e end
    return setfenv(f, env)
  end
  local chunk, problem = loadstring(source, "=chunk")
  local last
  if chunk then
    setfenv(chunk, env)
    last = show(pcall(chunk))
  else
    last = "syntax " .. problem
  end
  setmetatable(_G, nil)
  local text = table.concat(buffer) .. last
  io.write(#text, "\n", text)
end
