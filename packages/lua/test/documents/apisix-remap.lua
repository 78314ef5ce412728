return (function(code, body, header) if code == 401 then return 403, body, header end return code, body, header end)(...)
