import { exitTransformerErrors } from '../errors.ts'

/** What can be filled in, by name. */
export type TemplateValues = Readonly<Record<TemplateName, string>>

const NAMES = [
  'status',
  'title',
  'message',
  'reason',
  'request_id',
  'method',
  'host',
  'path',
] as const

/** `status` and `title` (the phrase of the status) are those that are sent. */
type TemplateName = (typeof NAMES)[number]

/** A template made ready. */
export type Template = (values: TemplateValues) => string

/** `{{{name}}}` or `{{name}}`. */
const PLACEHOLDER = /\{\{\{\s*([^{}]*?)\s*\}\}\}|\{\{\s*([^{}]*?)\s*\}\}/g

/**
 * Makes a template of a text in which `{{name}}` stands for a value, escaped for the media type, and
 * `{{{name}}}` for the value as it is.
 *
 * For HTML and XML `&`, `<`, `>`, `"` and `'` are escaped; for JSON the value is written as the inside
 * of a string, so that the template puts the quotes; other texts have no escapes.
 *
 * @throws POSTERN_EXIT_TRANSFORMER_READY_MADE_INVALID for a name that does not exist
 */
export function compileTemplate(text: string, mediaType: string): Template {
  const escape = escapeFor(mediaType)
  const parts: (string | ((values: TemplateValues) => string))[] = []
  let end = 0
  for (const { 0: found, 1: raw, 2: escaped, index } of text.matchAll(PLACEHOLDER)) {
    parts.push(text.slice(end, index))
    const name = nameOf(raw ?? escaped ?? '', mediaType)
    parts.push(raw === undefined ? (values) => escape(values[name]) : (values) => values[name])
    end = index + found.length
  }
  parts.push(text.slice(end))
  return (values) => parts.map((part) => (typeof part === 'string' ? part : part(values))).join('')
}

function nameOf(text: string, mediaType: string): TemplateName {
  const name = NAMES.find((known) => known === text)
  if (name !== undefined) return name
  throw exitTransformerErrors.READY_MADE_INVALID(
    `the template for ${mediaType} has {{${text}}}; there are ${NAMES.join(', ')}`,
  )
}

const MARKUP = /^text\/html$|[/+]xml$/
const JSON_TYPE = /[/+]json$/

/** How values are written into a text of a media type. */
export function escapeFor(mediaType: string): (text: string) => string {
  if (MARKUP.test(mediaType)) return escapeMarkup
  if (JSON_TYPE.test(mediaType)) return (text) => JSON.stringify(text).slice(1, -1)
  if (mediaType.startsWith('text/')) return (text) => text
  throw exitTransformerErrors.READY_MADE_INVALID(
    `nobody knows how to escape for ${mediaType}; there are JSON, XML, HTML and text/*`,
  )
}

const ENTITY_OF: ReadonlyMap<string, string> = new Map([
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
  ['"', '&quot;'],
  ["'", '&#39;'],
])

function escapeMarkup(text: string): string {
  return text.replace(/[&<>"']/g, (found) => ENTITY_OF.get(found) as string)
}
