// Long because of its data: each function with every exit it was held to.
import { NO_KEY, NO_ROUTE } from './case-exits.ts'
import type { FunctionCase } from './function-case.ts'

/**
 * What functions in public documents, articles, workshops and repositories do, told again in code of
 * our own. The 17 of them, by number:
 *
 * 1. identity, 2. always 200, 3. messages, 4. body and headers, 5. arr!, 6. MIME type: printed on
 *    Kong's pages, so they stand in seeds.cases.ts as they are printed
 * 7. and 8. a custom 404 as an object and as HTML
 * 9. a field that is null
 * 10. a map from status to handler
 * 11. a redirect instead of a refusal
 * 12. a mocked answer of request-termination
 * 13. errors posted to a webhook: webhook-example.cases.ts, and here in the sandbox, where it may not
 * 14. a module that is not allowed
 * 15. an envelope with a time
 * 16. and 17. a prefix and a suffix for messages
 */
export const publicExampleCases: readonly FunctionCase[] = [
  {
    name: 'custom 404, as an object',
    example: 7,
    lua: `return function(status, body, headers)
  if status == 404 then
    return status, { error = true, status = status, message = "Nothing to see here" }, headers
  else
    return status, body, headers
  end
end`,
    javascript: `(status, body, headers) =>
  status === 404
    ? [status, { error: true, status, message: 'Nothing to see here' }, headers]
    : [status, body, headers]`,
    rows: [
      {
        title: '404',
        exit: NO_ROUTE,
        answer: {
          status: 404,
          body: { error: true, status: 404, message: 'Nothing to see here' },
          headers: {},
        },
      },
      {
        title: '404 with neither body nor headers',
        exit: { status: 404 },
        answer: {
          status: 404,
          body: { error: true, status: 404, message: 'Nothing to see here' },
          headers: null,
          contentType: 'application/json; charset=utf-8',
        },
      },
      { title: '401', exit: NO_KEY, answer: 'unchanged' },
    ],
  },
  {
    name: 'custom 404, as HTML',
    example: 8,
    lua: `return function(status, body, headers)
  if status == 404 then
    body = [[
<html>
  <body><h1>Not here</h1></body>
</html>
]]
  end
  return status, body, headers
end`,
    javascript: `(status, body, headers) => {
  if (status === 404) body = '<html>\\n  <body><h1>Not here</h1></body>\\n</html>\\n'
  return [status, body, headers]
}`,
    rows: [
      {
        title: '404 with the type of JSON',
        exit: NO_ROUTE,
        answer: {
          status: 404,
          body: '<html>\n  <body><h1>Not here</h1></body>\n</html>\n',
          headers: {},
          contentType: 'text/html; charset=utf-8',
        },
      },
      { title: '401', exit: NO_KEY, answer: 'unchanged' },
    ],
  },
  {
    name: 'a field that is null',
    example: 9,
    lua: `local cjson = require "cjson"
return function(status, body, headers)
  return status, { data = cjson.null, error = body and body.message }, headers
end`,
    javascript: `(status, body, headers) =>
  [status, { data: null, ...(body?.message ? { error: body.message } : {}) }, headers]`,
    rows: [
      {
        title: 'an object',
        exit: NO_KEY,
        answer: {
          status: 401,
          body: { data: null, error: 'No API key found in request' },
          headers: { 'WWW-Authenticate': 'Key' },
        },
      },
      {
        title: 'no body',
        exit: { status: 500 },
        answer: {
          status: 500,
          body: { data: null },
          headers: null,
          contentType: 'application/json; charset=utf-8',
        },
      },
    ],
  },
  {
    name: 'a map from status to handler, with a default',
    example: 10,
    lua: `local handlers = {
  [401] = function(body) return { code = "E401", message = "Who are you?" } end,
  [429] = function(body) return { code = "E429", message = "Slow down" } end,
  [0] = function(body) return { code = "E000", message = body and body.message or "Sorry" } end,
}
return function(status, body, headers)
  if status < 400 then return status, body, headers end
  local error = (handlers[status] or handlers[0])(body)
  return status, error, headers
end`,
    javascript: `const handlers = {
  401: () => ({ code: 'E401', message: 'Who are you?' }),
  429: () => ({ code: 'E429', message: 'Slow down' }),
  0: (body) => ({ code: 'E000', message: body?.message || 'Sorry' }),
}
export default (status, body, headers) => {
  if (status < 400) return [status, body, headers]
  const error = (handlers[status] ?? handlers[0])(body)
  return [status, error, headers]
}`,
    rows: [
      {
        title: 'a status of the map',
        exit: NO_KEY,
        answer: {
          status: 401,
          body: { code: 'E401', message: 'Who are you?' },
          headers: { 'WWW-Authenticate': 'Key' },
        },
      },
      {
        title: 'another status',
        exit: NO_ROUTE,
        answer: {
          status: 404,
          body: { code: 'E000', message: 'no Route matched with those values' },
          headers: {},
        },
      },
      {
        title: 'text',
        exit: { status: 500, body: 'x' },
        answer: {
          status: 500,
          body: { code: 'E000', message: 'Sorry' },
          headers: null,
          contentType: 'application/json; charset=utf-8',
        },
      },
      { title: 'a status below 400', exit: { status: 200, body: 'x' }, answer: 'unchanged' },
    ],
  },
  {
    name: 'a redirect instead of a refusal',
    example: 11,
    lua: `return function(status, body, headers)
  if status == 401 then
    return 302, nil, { ["Location"] = "https://login.example.com/" }
  end
  return status, body, headers
end`,
    javascript: `(status, body, headers) => {
  if (status === 401) return [302, undefined, { Location: 'https://login.example.com/' }]
  return [status, body, headers]
}`,
    rows: [
      {
        title: '401',
        exit: NO_KEY,
        answer: { status: 302, body: null, headers: { Location: 'https://login.example.com/' } },
      },
      { title: '404', exit: NO_ROUTE, answer: 'unchanged' },
    ],
  },
  {
    name: 'a redirect with a list for the header',
    example: 11,
    lua: `return function(status, body, headers)
  return 302, nil, { ["Location"] = { "https://login.example.com/" } }
end`,
    javascript: `() => [302, null, { Location: ['https://login.example.com/'] }]`,
    rows: [
      {
        title: '401',
        exit: NO_KEY,
        answer: { status: 302, body: null, headers: { Location: 'https://login.example.com/' } },
      },
    ],
  },
  {
    name: 'a mocked answer of request-termination',
    example: 12,
    lua: `return function(status, body, headers)
  if status == 200 and body and body.message == "mock" then
    return 200, { items = { { id = 1, name = "one" }, { id = 2, name = "two" } } }, headers
  end
  return status, body, headers
end`,
    javascript: `(status, body, headers) =>
  status === 200 && body?.message === 'mock'
    ? [200, { items: [{ id: 1, name: 'one' }, { id: 2, name: 'two' }] }, headers]
    : [status, body, headers]`,
    rows: [
      {
        title: 'the mock',
        exit: { status: 200, body: { message: 'mock' } },
        answer: {
          status: 200,
          body: {
            items: [
              { id: 1, name: 'one' },
              { id: 2, name: 'two' },
            ],
          },
          headers: null,
        },
      },
      { title: 'another 200', exit: { status: 200, body: { message: 'x' } }, answer: 'unchanged' },
    ],
  },
  {
    name: 'a webhook that may not be called',
    example: 13,
    lua: `local http = require "resty.http"
return function(status, body, headers)
  local client = http.new()
  return status, body, headers
end`,
    javascript: `(status, body, headers) => {
  fetch('https://hooks.example.com/')
  return [status, body, headers]
}`,
    rows: [
      {
        title: 'any exit',
        exit: NO_KEY,
        answer: 'unchanged',
        fails: "require 'resty.http' not allowed within sandbox",
      },
    ],
  },
  {
    name: 'a module that is not allowed',
    example: 14,
    lua: `local https = require "ssl.https"
return function(status, body, headers) return 200, body, headers end`,
    javascript: `(status, body, headers) => { require('node:https'); return [200, body, headers] }`,
    rows: [
      {
        title: 'any exit',
        exit: NO_KEY,
        answer: 'unchanged',
        fails: "require 'ssl.https' not allowed within sandbox",
      },
    ],
  },
  {
    name: 'a bare return',
    example: 13,
    lua: `return function(status, body, headers)
  if status ~= 404 then return end
  return 410, body, headers
end`,
    javascript: `(status, body, headers) => {
  if (status !== 404) return
  return [410, body, headers]
}`,
    rows: [
      { title: 'nothing returned', exit: NO_KEY, answer: 'unchanged' },
      {
        title: 'something returned',
        exit: { status: 404, body: 'x' },
        answer: { status: 410, body: 'x', headers: null },
      },
    ],
  },
  {
    name: 'an envelope with a time',
    example: 15,
    lua: `return function(status, body, headers)
  local at = os.date("!%Y-%m-%dT%H:%M:%SZ")
  local envelope = {
    status_code = status,
    message = body.message or body.msg or "Something went wrong",
    well_formed = at:find("^%d%d%d%d%-%d%d%-%d%dT%d%d:%d%d:%d%dZ$") == 1,
  }
  return status, envelope, headers
end`,
    javascript: `(status, body, headers) => {
  const at = new Date().toISOString()
  const envelope = {
    status_code: status,
    message: body.message || body.msg || 'Something went wrong',
    well_formed: /^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z$/.test(at),
  }
  return [status, envelope, headers]
}`,
    rows: [
      {
        title: 'an object with message',
        exit: NO_KEY,
        answer: {
          status: 401,
          body: { status_code: 401, message: 'No API key found in request', well_formed: true },
          headers: { 'WWW-Authenticate': 'Key' },
        },
      },
      {
        title: 'an object with msg',
        exit: { status: 500, body: { msg: 'x' } },
        answer: {
          status: 500,
          body: { status_code: 500, message: 'x', well_formed: true },
          headers: null,
        },
      },
      { title: 'no body', exit: { status: 500 }, answer: 'unchanged', fails: 'body' },
    ],
  },
  {
    name: 'a prefix for messages, and other headers',
    example: 16,
    lua: `return function(status, body, headers)
  if not body or not body.message then return status, body, headers end
  headers = { ["x-workshop"] = "yes" }
  return status, { error = true, status = status, message = "***WARNING: " .. body.message }, headers
end`,
    javascript: `(status, body, headers) => {
  if (!body || !body.message) return [status, body, headers]
  headers = { 'x-workshop': 'yes' }
  return [status, { error: true, status, message: '***WARNING: ' + body.message }, headers]
}`,
    rows: [
      {
        title: 'an object',
        exit: NO_KEY,
        answer: {
          status: 401,
          body: { error: true, status: 401, message: '***WARNING: No API key found in request' },
          headers: { 'x-workshop': 'yes' },
        },
      },
      { title: 'no body', exit: { status: 500 }, answer: 'unchanged' },
    ],
  },
  {
    name: 'a suffix for messages',
    example: 17,
    lua: `return function(status, body, headers)
  if not body or not body.message then return status, body, headers end
  body.error = true
  body.status = status
  body.message = body.message .. ", please provide one via the apikey header!"
  return status, body, headers
end`,
    javascript: `(status, body, headers) => {
  if (!body || !body.message) return [status, body, headers]
  body.error = true
  body.status = status
  body.message += ', please provide one via the apikey header!'
  return [status, body, headers]
}`,
    rows: [
      {
        title: 'an object',
        exit: NO_KEY,
        answer: {
          status: 401,
          body: {
            error: true,
            status: 401,
            message: 'No API key found in request, please provide one via the apikey header!',
          },
          headers: { 'WWW-Authenticate': 'Key' },
        },
      },
      { title: 'text', exit: { status: 500, body: 'x' }, answer: 'unchanged' },
    ],
  },
]
