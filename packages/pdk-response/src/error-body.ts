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
  return templates[type](facts.message, facts.requestId)
}
