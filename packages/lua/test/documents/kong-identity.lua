return function(status, body, headers)
  return status, body, headers
end
