import type { ErrorType } from './error-type.ts'

/** One way to write an error as text. */
export type ErrorTemplate = (message: string, requestId: string) => string

/** The four templates in use. gRPC has none: its message is a header. */
export type ErrorTemplates = Readonly<Record<Exclude<ErrorType, 'grpc'>, ErrorTemplate>>

/** The Content-Type that goes with each form. */
export const ERROR_CONTENT_TYPES: Readonly<Record<ErrorType, string>> = {
  json: 'application/json; charset=utf-8',
  html: 'text/html; charset=utf-8',
  plain: 'text/plain; charset=utf-8',
  xml: 'application/xml; charset=utf-8',
  grpc: 'application/grpc',
}

const ESCAPES: Readonly<Record<Exclude<ErrorType, 'grpc'>, (text: string) => string>> = {
  json: (text) => JSON.stringify(text).slice(1, -1),
  plain: (text) => text,
  html: escapeMarkup,
  xml: escapeMarkup,
}

const MARKUP = new Map([
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
  ['"', '&quot;'],
])

/** Kong's own templates, to the byte, but with what is filled in escaped. */
export const DEFAULT_TEMPLATES: ErrorTemplates = {
  json: (message, requestId) =>
    `{\n  "message":${JSON.stringify(message)},\n  "request_id":${JSON.stringify(requestId)}\n}`,
  plain: (message, requestId) => `${message}\nrequest_id: ${requestId}\n`,
  html: compileTemplate(
    'html',
    `<!doctype html>
<html>
  <head>
    <meta charset="utf-8">
    <title>Error</title>
  </head>
  <body>
    <h1>Error</h1>
    <p>%s.</p>
    <p>request_id: %s</p>
  </body>
</html>
`,
  ),
  xml: compileTemplate(
    'xml',
    `<?xml version="1.0" encoding="UTF-8"?>
<error>
  <message>%s</message>
  <requestid>%s</requestid>
</error>
`,
  ),
}

/**
 * Makes a template of an operator's text (settings `error_template_html`, `_json`, `_plain`,
 * `_xml`): the first `%s` is the message, the second the request id, `%%` is a percent sign.
 *
 * What is filled in is escaped for the type: for JSON as the inside of a string, so that the
 * template puts the quotes; for HTML and XML `&`, `<`, `>` and `"`.
 */
export function compileTemplate(type: Exclude<ErrorType, 'grpc'>, text: string): ErrorTemplate {
  const escape = ESCAPES[type]
  const [start = '', ...rest] = text.split(/(?<=(?:^|[^%])(?:%%)*)%s/).map(unescapePercent)
  const [middle = '', ...others] = rest
  const end = others.join('')
  if (rest.length === 0) return () => start
  if (others.length === 0) return (message) => start + escape(message) + middle
  return (message, requestId) => start + escape(message) + middle + escape(requestId) + end
}

function escapeMarkup(text: string): string {
  return text.replace(/[&<>"]/g, (found) => MARKUP.get(found) as string)
}

function unescapePercent(text: string): string {
  return text.replaceAll('%%', '%')
}
