return (function(code, body, header)
-- modify code, body, or header as needed
return code, body, header
end)(...)
