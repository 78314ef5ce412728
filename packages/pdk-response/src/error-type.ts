import Negotiator from 'negotiator'

/** The forms in which an error can be written. */
export type ErrorType = 'json' | 'plain' | 'html' | 'xml' | 'grpc'

/** In the order that decides between types a client likes equally: any type at all means JSON. */
const TYPE_OF_MEDIA = new Map<string, ErrorType>([
  ['application/json', 'json'],
  ['text/plain', 'plain'],
  ['text/html', 'html'],
  ['application/xml', 'xml'],
  ['application/grpc', 'grpc'],
])

const MEDIA = [...TYPE_OF_MEDIA.keys()]
const WILDCARDS = new Set(['*/*', 'text/*', 'application/*'])

/** A longer Accept is not read: what follows would be work that a client can ask for at will. */
const MAX_ACCEPT_LENGTH = 4096
const MAX_REMEMBERED = 256
const MAX_REMEMBERED_LENGTH = 512
const remembered = new Map<string, ErrorType | undefined>()

/**
 * The form that the Accept headers of a request (joined with commas) ask for; JSON when they ask
 * for nothing we have.
 *
 * The highest q wins, then the more specific range, then the earlier one; q=0 never wins.
 * Kong: when the client's first choice is a type without a template, it gets JSON, even if a
 * known type follows with a lower q.
 */
export function negotiateErrorType(accept: string): ErrorType {
  return acceptedType(accept) ?? 'json'
}

/**
 * The same for failures of the server itself: without a usable Accept, the request's own
 * Content-Type counts, and then the setting `error_default_type`.
 */
export function errorTypeOfRequest(
  accept: string | undefined,
  contentType: string | undefined,
  fallback: ErrorType,
): ErrorType {
  if (accept !== undefined) return negotiateErrorType(accept)
  if (contentType === undefined) return fallback
  return errorTypeOf(contentType) ?? fallback
}

/** The form that a media type names; parameters and capitals do not matter. */
export function errorTypeOf(mediaType: string): ErrorType | undefined {
  const bare = (mediaType.split(';', 1)[0] as string).trim().toLowerCase()
  if (bare.startsWith('application/grpc')) return 'grpc'
  return TYPE_OF_MEDIA.get(bare)
}

function acceptedType(accept: string): ErrorType | undefined {
  if (accept === '*/*' || accept.length > MAX_ACCEPT_LENGTH) return 'json'
  if (accept.length > MAX_REMEMBERED_LENGTH) return parseAccept(accept)
  if (remembered.has(accept)) return remembered.get(accept)
  // Emptied rather than trimmed: only clients with ever new Accepts get here, and they lose little.
  if (remembered.size >= MAX_REMEMBERED) remembered.clear()
  const type = parseAccept(accept)
  remembered.set(accept, type)
  return type
}

function parseAccept(accept: string): ErrorType | undefined {
  const negotiator = new Negotiator({ headers: { accept: withoutParameters(accept) } })
  const first = negotiator.mediaTypes()[0]?.toLowerCase()
  if (first === undefined) return undefined
  if (!WILDCARDS.has(first) && !TYPE_OF_MEDIA.has(first)) return undefined
  const best = negotiator.mediaTypes(MEDIA)[0]
  return best === undefined ? undefined : TYPE_OF_MEDIA.get(best)
}

/** Kong: parameters do not tell types apart, so `text/html;level=1` is `text/html`. */
function withoutParameters(accept: string): string {
  if (!accept.includes(';')) return accept
  return accept
    .split(',')
    .map((range) => {
      const [type, ...parameters] = range.split(';')
      const quality = parameters.find((parameter) => /^\s*q\s*=/i.test(parameter))
      return quality === undefined ? type : `${type};${quality.trim().toLowerCase()}`
    })
    .join(',')
}
