import { DEFAULT_TEMPLATES, ERROR_CONTENT_TYPES, type ErrorTemplates } from './error-templates.ts'
import { errorTypeOf, errorTypeOfRequest, type ErrorType } from './error-type.ts'

/** What an error says, and what its form is chosen by. */
export interface ErrorFacts {
  readonly message: string
  readonly requestId: string
  /** The request's Accept headers, joined with commas. Undefined when there is none. */
  readonly accept?: string | undefined
  /** The request's Content-Type: chooses the form where there is no Accept. */
  readonly contentType?: string | undefined
  /** The form when neither says anything. Default `json`. */
  readonly fallback?: ErrorType
  /** Default: Kong's. */
  readonly templates?: ErrorTemplates
}

/**
 * Writes an error in the form that the request asks for.
 *
 * @see Kong Gateway docs, PDK reference, "kong.response.error"
 */
export function errorBody(facts: ErrorFacts): { body: string; contentType: string } {
  const type = errorTypeOfRequest(facts.accept, facts.contentType, facts.fallback ?? 'json')
  return { body: errorText(type, facts), contentType: ERROR_CONTENT_TYPES[type] }
}

/** The same for a Content-Type that was chosen already; undefined when there is no template for it. */
export function errorBodyFor(mediaType: string, facts: ErrorFacts): string | undefined {
  const type = errorTypeOf(mediaType)
  return type === undefined ? undefined : errorText(type, facts)
}

/** gRPC tells its message in a header, and has no body. */
function errorText(type: ErrorType, facts: ErrorFacts): string {
  if (type === 'grpc') return ''
  const templates = facts.templates ?? DEFAULT_TEMPLATES
  const text = templates[type](facts.message, facts.requestId)
  if (type === 'json' && templates.json === DEFAULT_TEMPLATES.json) keepLast(text, facts)
  return text
}

/**
 * The data that a text is the JSON of, where it is the error that was written last; undefined where
 * it is not. Functions that change errors want the data, and to parse it costs as much as they do.
 */
export function dataOfErrorBody(text: string): object | undefined {
  if (text !== last.text) return undefined
  return { message: last.message, request_id: last.requestId }
}

const last = { text: undefined as string | undefined, message: '', requestId: '' }

function keepLast(text: string, { message, requestId }: ErrorFacts): void {
  last.text = text
  last.message = message
  last.requestId = requestId
}
