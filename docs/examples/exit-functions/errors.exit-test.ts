import { defineExitTests } from 'postern/exit-test'

export default defineExitTests({
  functions: ['./errors.ts'],
  rows: [
    {
      title: 'a missing key is told as JSON, and how to log in stays',
      exit: { reason: 'key-auth.no_key' },
      answer: {
        status: 401,
        body: { error: 'key-auth.no_key', status: 401, text: 'No API key found in request' },
        headers: { 'WWW-Authenticate': 'Key', 'Content-Type': 'application/json; charset=utf-8' },
      },
    },
    {
      title: 'a browser gets a page',
      exit: { reason: 'router.no_route', request: { headers: { accept: 'text/html' } } },
      answer: { status: 404, body: '<h1>404</h1><p>no Route matched with those values</p>' },
    },
    {
      title: 'what a plugin says is escaped in a page',
      exit: {
        status: 403,
        body: { message: 'a < b' },
        request: { headers: { accept: 'text/html' } },
      },
      answer: { body: '<h1>403</h1><p>a &lt; b</p>', headers: { 'X-Powered-By': null } },
    },
  ],
})
