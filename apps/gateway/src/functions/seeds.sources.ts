// The functions as they are printed: white space, comments and all. Only data.

/** Kong Gateway docs 2.x, exit-transformer. */
export const KONG_2_IDENTITY: string = `return function(status, body, headers)
  return status, body, headers
end
`

/** Kong Gateway docs 2.x, exit-transformer. */
export const KONG_2_ALWAYS_200: string = `return function(status, body, headers)
  -- identity
  if not body or not body.message then
    return status, body, headers
  end

  body.status = status

  return 200, body, headers
end
`

/** Kong Gateway docs 2.x, exit-transformer. */
export const KONG_2_MESSAGES: string = `local responses = {
  ["No API key found in request"] = {
    message = "Please provide an API key",
    status = 418,
    headers = { ["x-some-header"] = "some value" },
  },
  ["Invalid authentication credentials"] = {
    message = "Invalid API key",
  },
  -- ...
}

return function(status, body, headers)
  if not body or not body.message then
    return status, body, headers
  end

  local response = responses[body.message]

  body.message = response.message or body.message
  status = response.status or status
  headers = response.headers or headers

  return status, body, headers
end
`

/** Kong Gateway docs 2.x, exit-transformer. */
export const KONG_2_BODY_AND_HEADERS: string = `return function(status, body, headers)
  if not body then
    body = { message = "This replaces a formerly empty body" }
  else
    body.message = "This replaces a formerly non-empty body"
  end

  if not headers then
    headers = { ["X-Message"] = "This adds X-Message to an empty set of headers" }
  else
    headers["X-Message"] = "This adds X-Message to an existing set of headers"
  end

  return status, body, headers
end
`

/** Kong Gateway docs 2.x, exit-transformer. */
export const KONG_2_ARR: string = `    -- transform.lua
    return function(status, body, headers)
      if not body or not body.message then
        return status, body, headers
      end

      headers = { ["x-some-header"] = "some value" }
      local new_body = {
        error = true,
        status = status,
        message = body.message .. ", arr!",
      }

      return status, new_body, headers
    end
`

/** Kong Gateway docs 2.x, exit-transformer. */
export const KONG_2_MIME_TYPE: string = `local template = require "resty.template"
local split = require "kong.tools.utils".split

local HTTP_MESSAGES = {
    s400 = "Bad request",
    s401 = "Unauthorized",
    -- ...
    -- See HTTP Response Status Codes section above for the full list
    s511 = "Network authentication required",
    default = "The upstream server responded with %d"
}

local function get_message(status)
  return HTTP_MESSAGES["s" .. status] or HTTP_MESSAGES.default.format(status)
end

local html = template.compile([[
<!doctype html>
<html>
  <head>
    <meta charset="utf-8">
    <title>Some Title</title>
  </head>
  <body>
    <h1>HTTP {{ status }}</h1>
    <p>{{ error }}</p>
    <img src="https://thumbs.gfycat.com/RegularJointEwe-size_restricted.gif"/>
  </body>
</html>
]])

-- Customize responses based on content type
local formats = {
  ["application/json"] = function(status, message, headers)
    return status, { status = status, error = message }, headers
  end,
  ["text/html"] = function(status, message, headers)
    return status, html { status = status, error = message }, headers
  end,
}

return function(status, body, headers)
  if status < 400 then
    return status, body, headers
  end

  local accept = kong.request.get_header("accept")
  -- Gets just first accept value. Can be improved to be compliant quality
  -- etc parser. Look into kong.pdk.response get_response_type
  if type(accept) == "table" then
    accept = accept[1]
  end
  accept = split(accept, ",")[1]

  if not formats[accept] then
    return status, body, headers
  end

  return formats[accept](status, get_message(status), headers)
end
`

/** Kong Gateway docs, current page, exit-transformer. */
export const KONG_CURRENT_IDENTITY: string = `return function(status, body, headers)
return status, body, headers
end
`

/** Kong Gateway docs, current page, exit-transformer. */
export const KONG_CURRENT_ALWAYS_200: string = `return function(status, body, headers)
-- identity
if not body or not body.message then
return status, body, headers
end
body.status = status
return 200, body, headers
end
`

/** Kong Gateway docs, current page, exit-transformer. */
export const KONG_CURRENT_MESSAGES: string = `local responses = {
["No API key found in request"] = {
message = "Please provide an API key",
status = 418,
headers = { ["x-some-header"] = "some value" },
},
["Invalid authentication credentials"] = {
message = "Invalid API key",
},
-- ...
}
return function(status, body, headers)
if not body or not body.message then
return status, body, headers
end
local response = responses[body.message]
body.message = response.message or body.message
status = response.status or status
headers = response.headers or headers
return status, body, headers
end
`

/** Kong Gateway docs, current page, exit-transformer. */
export const KONG_CURRENT_BODY_AND_HEADERS: string = `return function(status, body, headers)
if not body then
body = { message = "This replaces a formerly empty body" }
else
body.message = "This replaces a formerly non-empty body"
end
if not headers then
headers = { ["X-Message"] = "This adds X-Message to an empty set of headers" }
else
headers["X-Message"] = "This adds X-Message to an existing set of headers"
end
return status, body, headers
end
`

/** Kong Gateway docs, current page, exit-transformer. Printed on one line, so all of it is a comment. */
export const KONG_CURRENT_ARR: string = `-- transform.lua return function(status, body, headers) if not body or not body.message then return status, body, headers end headers = { ["x-some-header"] = "some value" } local new_body = { error = true, status = status, message = body.message .. ", arr!", } return status, new_body, headers end
`

/** Kong Gateway docs, current page, exit-transformer. */
export const KONG_CURRENT_MIME_TYPE: string = `local template = require "resty.template"
local split = require "kong.tools.utils".split
local HTTP_MESSAGES = {
s400 = "Bad request",
s401 = "Unauthorized",
-- ...
-- See HTTP Response Status Codes section above for the full list
s511 = "Network authentication required",
default = "The upstream server responded with %d"
}
local function get_message(status)
return HTTP_MESSAGES["s" .. status] or HTTP_MESSAGES.default.format(status)
end
local html = template.compile([[
<!doctype html>
<html>
<head>
<meta charset="utf-8">
<title>Some Title</title>
</head>
<body>
<h1>HTTP </h1>
<p></p>
<img src="https://thumbs.gfycat.com/RegularJointEwe-size_restricted.gif"/>
</body>
</html>
]])
-- Customize responses based on content type
local formats = {
["application/json"] = function(status, message, headers)
return status, { status = status, error = message }, headers
end,
["text/html"] = function(status, message, headers)
return status, html { status = status, error = message }, headers
end,
}
return function(status, body, headers)
if status < 400 then
return status, body, headers
end
local accept = kong.request.get_header("accept")
-- Gets just first accept value. Can be improved to be compliant quality
-- etc parser. Look into kong.pdk.response get_response_type
if type(accept) == "table" then
accept = accept[1]
end
accept = split(accept, ",")[1]
if not formats[accept] then
return status, body, headers
end
return formats[accept](status, get_message(status), headers)
end
`

/** Apache APISIX docs 3.17, exit-transformer. */
export const APISIX_SIGNATURE: string = `return (function(code, body, header)
-- modify code, body, or header as needed
return code, body, header
end)(...)
`

/** Apache APISIX docs 3.17, exit-transformer. */
export const APISIX_REMAP: string = `return (function(code, body, header) if code == 401 then return 403, body, header end return code, body, header end)(...)`

/** Apache APISIX docs 3.17, exit-transformer. */
export const APISIX_NORMALIZE: string = `return (function(code, body, header) if code and code >= 400 then header = header or {} header["X-Error-Code"] = tostring(code) body = {error = true, status = code, message = (type(body) == "table" and body.message) or "request failed"} end return code, body, header end)(...)`
