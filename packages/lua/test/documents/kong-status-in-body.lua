return function(status, body, headers)
  -- identity
  if not body or not body.message then
    return status, body, headers
  end

  body.status = status

  return 200, body, headers
end
