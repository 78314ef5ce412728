import type { FunctionCase } from './function-case.ts'

/**
 * Number 13 of the published examples with its network, for mode `on`: an error of the gateway is
 * posted to a webhook, and when that fails, it is logged and nothing is returned.
 */
export function webhookExample(url: string): Pick<FunctionCase, 'lua' | 'javascript'> {
  return {
    lua: `local http = require "resty.http"
local cjson = require "cjson"
return function(status, body, headers)
  if status < 500 then return status, body, headers end
  local res, err = http.new():request_uri("${url}", {
    method = "POST",
    headers = { ["Content-Type"] = "application/json" },
    body = cjson.encode({ text = status .. " " .. body.message }),
  })
  if not res then
    ngx.log(ngx.ERR, "webhook: ", err)
    return
  end
  return status, body, headers
end`,
    javascript: `async (status, body, headers) => {
  if (status < 500) return [status, body, headers]
  try {
    const answer = await fetch('${url}', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ text: status + ' ' + body.message }),
    })
    if (!answer.ok) throw new Error('answered ' + answer.status)
  } catch (error) {
    kong.log.err('webhook: ', error.message)
    return
  }
  return [status, body, headers]
}`,
  }
}
