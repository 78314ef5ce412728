local responses = {
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
