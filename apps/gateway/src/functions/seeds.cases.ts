// Long because of its data: each function with every exit it was held to.
import { BARE, EMPTY_ARRAY, GUARDED, NO_KEY, NO_MESSAGE, NO_ROUTE, TEXT } from './case-exits.ts'
import type { CaseAnswer, CaseExit, CaseRow, FunctionCase } from './function-case.ts'
import * as sources from './seeds.sources.ts'

/**
 * Every function that Kong's and APISIX's pages about exit-transformer print, unmodified, with a
 * twin in JavaScript and with what the printed code does to each exit. Expected answers follow
 * from the code, not from the prose beside it, where the two differ (Kong's pages show a field
 * `kong_message` that the code never sets).
 */
export const seedFunctionCases: readonly FunctionCase[] = [
  ...bothPages('identity', sources.KONG_2_IDENTITY, sources.KONG_CURRENT_IDENTITY, identity()),
  ...bothPages(
    'always 200',
    sources.KONG_2_ALWAYS_200,
    sources.KONG_CURRENT_ALWAYS_200,
    always200(),
  ),
  ...bothPages('messages', sources.KONG_2_MESSAGES, sources.KONG_CURRENT_MESSAGES, messages()),
  ...bothPages(
    'body and headers',
    sources.KONG_2_BODY_AND_HEADERS,
    sources.KONG_CURRENT_BODY_AND_HEADERS,
    bodyAndHeaders(),
  ),
  { name: 'Kong 2.x: arr!', lua: sources.KONG_2_ARR, ...arr() },
  { name: 'Kong current: arr!, on one line', lua: sources.KONG_CURRENT_ARR, ...arrCommentedOut() },
  { name: 'Kong 2.x: MIME type', lua: sources.KONG_2_MIME_TYPE, ...mimeType(page2()) },
  {
    name: 'Kong current: MIME type',
    lua: sources.KONG_CURRENT_MIME_TYPE,
    ...mimeType(pageCurrent()),
  },
  { name: 'APISIX: signature', lua: sources.APISIX_SIGNATURE, ...identity() },
  { name: 'APISIX: remap', lua: sources.APISIX_REMAP, ...remap() },
  { name: 'APISIX: normalize', lua: sources.APISIX_NORMALIZE, ...normalize() },
]

type Twin = Omit<FunctionCase, 'name' | 'lua'>

function bothPages(name: string, page2: string, current: string, twin: Twin): FunctionCase[] {
  return [
    { name: `Kong 2.x: ${name}`, lua: page2, ...twin },
    { name: `Kong current: ${name}`, lua: current, ...twin },
  ]
}

function identity(): Twin {
  return {
    example: 1,
    javascript: '(status, body, headers) => [status, body, headers]',
    rows: [
      { title: 'an object', exit: NO_KEY, answer: 'unchanged' },
      { title: 'JSON text', exit: NO_ROUTE, answer: 'unchanged' },
      { title: 'status 200', exit: { status: 200, body: 'Success' }, answer: 'unchanged' },
      ...GUARDED,
    ],
  }
}

function always200(): Twin {
  return {
    example: 2,
    javascript: `(status, body, headers) => {
  // identity
  if (!body || !body.message) return [status, body, headers]

  body.status = status

  return [200, body, headers]
}`,
    rows: [
      {
        title: 'an object',
        exit: NO_KEY,
        answer: {
          status: 200,
          body: { message: 'No API key found in request', status: 401 },
          headers: { 'WWW-Authenticate': 'Key' },
        },
      },
      {
        title: 'JSON text',
        exit: NO_ROUTE,
        answer: {
          status: 200,
          body: { message: 'no Route matched with those values', request_id: 'cafe', status: 404 },
          headers: {},
        },
      },
      {
        title: 'an object without headers',
        exit: { status: 500, body: { message: 'x' } },
        answer: { status: 200, body: { message: 'x', status: 500 }, headers: null },
      },
      ...GUARDED,
    ],
  }
}

function messages(): Twin {
  return {
    example: 3,
    javascript: `const responses = {
  'No API key found in request': {
    message: 'Please provide an API key',
    status: 418,
    headers: { 'x-some-header': 'some value' },
  },
  'Invalid authentication credentials': {
    message: 'Invalid API key',
  },
  // ...
}

export default (status, body, headers) => {
  if (!body || !body.message) return [status, body, headers]

  const response = responses[body.message]

  body.message = response.message || body.message
  status = response.status || status
  headers = response.headers || headers

  return [status, body, headers]
}`,
    rows: [
      {
        title: 'a message with status and headers',
        exit: NO_KEY,
        answer: {
          status: 418,
          body: { message: 'Please provide an API key' },
          headers: { 'x-some-header': 'some value' },
        },
      },
      {
        title: 'a message with neither',
        exit: { ...NO_KEY, body: { message: 'Invalid authentication credentials' } },
        answer: {
          status: 401,
          body: { message: 'Invalid API key' },
          headers: { 'WWW-Authenticate': 'Key' },
        },
      },
      {
        title: 'a message that is not in the table',
        exit: NO_ROUTE,
        answer: 'unchanged',
        fails: 'response',
      },
      ...GUARDED,
    ],
  }
}

function bodyAndHeaders(): Twin {
  const existing = { 'X-Message': 'This adds X-Message to an existing set of headers' }
  const added = { 'X-Message': 'This adds X-Message to an empty set of headers' }
  return {
    example: 4,
    javascript: `(status, body, headers) => {
  if (!body) {
    body = { message: 'This replaces a formerly empty body' }
  } else {
    body.message = 'This replaces a formerly non-empty body'
  }

  if (!headers) {
    headers = { 'X-Message': 'This adds X-Message to an empty set of headers' }
  } else {
    headers['X-Message'] = 'This adds X-Message to an existing set of headers'
  }

  return [status, body, headers]
}`,
    rows: [
      {
        title: 'both given',
        exit: NO_KEY,
        answer: {
          status: 401,
          body: { message: 'This replaces a formerly non-empty body' },
          headers: { 'WWW-Authenticate': 'Key', ...existing },
        },
      },
      {
        title: 'neither given',
        exit: BARE,
        answer: {
          status: 404,
          body: { message: 'This replaces a formerly empty body' },
          headers: added,
          contentType: 'application/json; charset=utf-8',
        },
      },
      {
        title: 'no headers',
        exit: NO_MESSAGE,
        answer: {
          status: 400,
          body: { error: 'x', message: 'This replaces a formerly non-empty body' },
          headers: added,
        },
      },
      {
        title: 'no body',
        exit: { status: 302, headers: { Location: '/' } },
        answer: {
          status: 302,
          body: { message: 'This replaces a formerly empty body' },
          headers: { Location: '/', ...existing },
          contentType: 'application/json; charset=utf-8',
        },
      },
      { title: 'text', exit: TEXT, answer: 'unchanged', fails: 'body' },
    ],
  }
}

function arr(): Twin {
  return {
    example: 5,
    javascript: `// transform.js
(status, body, headers) => {
  if (!body || !body.message) return [status, body, headers]

  headers = { 'x-some-header': 'some value' }
  const newBody = {
    error: true,
    status: status,
    message: body.message + ', arr!',
  }

  return [status, newBody, headers]
}`,
    rows: [
      {
        title: 'an object',
        exit: NO_KEY,
        answer: {
          status: 401,
          body: { error: true, status: 401, message: 'No API key found in request, arr!' },
          headers: { 'x-some-header': 'some value' },
        },
      },
      {
        title: 'JSON text',
        exit: NO_ROUTE,
        answer: {
          status: 404,
          body: { error: true, status: 404, message: 'no Route matched with those values, arr!' },
          headers: { 'x-some-header': 'some value' },
          contentType: 'application/json; charset=utf-8',
        },
      },
      ...GUARDED,
    ],
  }
}

function arrCommentedOut(): Twin {
  const rows = (language: 'lua' | 'javascript', more: Partial<CaseRow>): CaseRow[] => [
    { title: 'an object', exit: NO_KEY, answer: 'unchanged', only: language, ...more },
    {
      title: 'neither body nor headers',
      exit: BARE,
      answer: 'unchanged',
      only: language,
      ...more,
    },
  ]
  return {
    example: 5,
    javascript: '() => { /* all of it is a comment */ }',
    rows: [...rows('lua', { fails: 'returns no function' }), ...rows('javascript', {})],
  }
}

function mimeType(page: Page): Twin {
  const rendered = (status: number, error: string): CaseAnswer => ({
    status,
    body: page.render(String(status), error),
    headers: { 'WWW-Authenticate': 'Key' },
    contentType: 'text/html; charset=utf-8',
  })
  return {
    example: 6,
    javascript: mimeTypeTwin(page.template),
    rows: [
      {
        title: 'JSON wanted',
        exit: NO_KEY,
        request: { accept: 'application/json' },
        answer: {
          status: 401,
          body: { status: 401, error: 'Unauthorized' },
          headers: { 'WWW-Authenticate': 'Key' },
        },
      },
      {
        title: 'HTML wanted',
        exit: NO_KEY,
        request: { accept: 'text/html,application/xhtml+xml;q=0.9' },
        answer: rendered(401, 'Unauthorized'),
      },
      {
        // format is called with a dot, so the status itself is the format.
        title: 'a status that is not in the table, JSON wanted',
        exit: NO_ROUTE,
        request: { accept: 'application/json, */*' },
        answer: { status: 404, body: { status: 404, error: '404' }, headers: {} },
      },
      {
        title: 'a status that is not in the table, HTML wanted',
        exit: { ...NO_KEY, status: 404 },
        request: { accept: 'text/html' },
        answer: rendered(404, '404'),
      },
      {
        title: 'neither body nor headers, JSON wanted',
        exit: { status: 511 },
        request: { accept: 'application/json' },
        answer: {
          status: 511,
          body: { status: 511, error: 'Network authentication required' },
          headers: null,
          contentType: 'application/json; charset=utf-8',
        },
      },
      {
        title: 'another type',
        exit: NO_KEY,
        request: { accept: 'text/plain' },
        answer: 'unchanged',
      },
      { title: 'any type', exit: NO_KEY, request: { accept: '*/*' }, answer: 'unchanged' },
      {
        title: 'a type with a parameter',
        exit: NO_KEY,
        request: { accept: 'text/html;q=1' },
        answer: 'unchanged',
      },
      {
        title: 'no Accept',
        exit: NO_KEY,
        answer: 'unchanged',
        fails: "argument 1 expected a 'string' got a 'nil'",
      },
      { title: 'no Accept, but a status below 400', exit: { status: 200 }, answer: 'unchanged' },
    ],
  }
}

interface Page {
  readonly template: string
  readonly render: (status: string, error: string) => string
}

/** The page of the 2.x document. */
function page2(): Page {
  const template =
    /template\.compile\(\[\[\n([\s\S]*?)\]\]\)/.exec(sources.KONG_2_MIME_TYPE)?.[1] ?? ''
  return {
    template,
    render: (status, error) =>
      template.replace('{{ status }}', status).replace('{{ error }}', error),
  }
}

/** The page as the current document prints it: what stood in double braces is lost. */
function pageCurrent(): Page {
  const template =
    /template\.compile\(\[\[\n([\s\S]*?)\]\]\)/.exec(sources.KONG_CURRENT_MIME_TYPE)?.[1] ?? ''
  return { template, render: () => template }
}

function mimeTypeTwin(template: string): string {
  return `const HTTP_MESSAGES = {
  s400: 'Bad request',
  s401: 'Unauthorized',
  // ...
  s511: 'Network authentication required',
}

const getMessage = (status) => HTTP_MESSAGES['s' + status] ?? String(status)

const page = ${JSON.stringify(template)}
const html = ({ status, error }) =>
  page.replace('{{ status }}', String(status)).replace('{{ error }}', error)

// Customize responses based on content type
const formats = {
  'application/json': (status, message, headers) => [status, { status, error: message }, headers],
  'text/html': (status, message, headers) => [status, html({ status, error: message }), headers],
}

export default (status, body, headers) => {
  if (status < 400) return [status, body, headers]

  let accept = kong.request.getHeader('accept')
  if (Array.isArray(accept)) accept = accept[0]
  accept = accept.split(',')[0]

  if (!formats[accept]) return [status, body, headers]

  return formats[accept](status, getMessage(status), headers)
}`
}

function remap(): Twin {
  return {
    javascript: `(code, body, header) => {
  if (code === 401) return [403, body, header]
  return [code, body, header]
}`,
    rows: [
      {
        title: '401',
        exit: NO_KEY,
        answer: {
          status: 403,
          body: { message: 'No API key found in request' },
          headers: { 'WWW-Authenticate': 'Key' },
        },
      },
      {
        title: '401 with neither body nor headers',
        exit: { status: 401 },
        answer: { status: 403, body: null, headers: null },
      },
      { title: 'another status', exit: NO_ROUTE, answer: 'unchanged' },
      ...GUARDED,
    ],
  }
}

function normalize(): Twin {
  const row = (title: string, exit: CaseExit, message: string, contentType?: string): CaseRow => ({
    title,
    exit,
    answer: {
      status: exit.status,
      body: { error: true, status: exit.status, message },
      headers: { ...named(exit), 'X-Error-Code': String(exit.status) },
      ...(contentType === undefined ? {} : { contentType }),
    },
  })
  return {
    javascript: `(code, body, header) => {
  if (code && code >= 400) {
    header = header || {}
    header['X-Error-Code'] = String(code)
    body = {
      error: true,
      status: code,
      message: (typeof body === 'object' && body !== null && body.message) || 'request failed',
    }
  }
  return [code, body, header]
}`,
    rows: [
      row('an object', NO_KEY, 'No API key found in request'),
      row('JSON text', NO_ROUTE, 'no Route matched with those values'),
      row('neither body nor headers', BARE, 'request failed', 'application/json; charset=utf-8'),
      row('text', TEXT, 'request failed', 'application/json; charset=utf-8'),
      row('an empty array', EMPTY_ARRAY, 'request failed'),
      row('a body without message', NO_MESSAGE, 'request failed'),
      {
        title: 'a status below 400',
        exit: { status: 302, headers: { Location: '/' } },
        answer: 'unchanged',
      },
    ],
  }
}

/** The headers of an exit but its Content-Type, which rows tell apart. */
function named(exit: CaseExit): Record<string, string> {
  const { 'Content-Type': _, ...others } = exit.headers ?? {}
  return others
}
