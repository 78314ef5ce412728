import { pluginErrors } from '../errors.ts'
import { encodeMultipart, multipartBoundary, parseMultipart } from './multipart.ts'
import { checkMaxArgs, encodeArgs, parseArgs } from './query-args.ts'

/** The fields of a body. Inherits nothing, because names come from outside. */
export type BodyFields = Record<string, unknown>

/**
 * Reads a body by its type: urlencoded form, JSON (an object or array) or multipart form.
 *
 * @throws POSTERN_PLUGIN_UNAVAILABLE with Kong's texts: `missing content type`,
 *   `invalid json body`, `unable to decode multipart body`, `unsupported content type 'X'`
 */
export function parseBody(
  body: Uint8Array,
  contentType: string | undefined,
  maxArgs: number,
): BodyFields {
  const type = checkBodyType(contentType)
  const kind = kindOf(type)
  if (kind === 'form') return parseArgs(textOf(body), maxArgs)
  return kind === 'json' ? parseJson(textOf(body)) : parseMultipart(body, type)
}

/**
 * Refuses a type that cannot be read, before the body is: it may be long.
 *
 * @throws POSTERN_PLUGIN_UNAVAILABLE; POSTERN_PLUGIN_ARGUMENT_INVALID for what is no text
 */
export function checkBodyType(contentType: string | undefined): string {
  if (contentType === undefined) throw pluginErrors.UNAVAILABLE('missing content type')
  if (typeof contentType !== 'string') {
    throw pluginErrors.ARGUMENT_INVALID('mimetype must be a string')
  }
  if (kindOf(contentType) !== undefined) return contentType
  throw pluginErrors.UNAVAILABLE(`unsupported content type '${contentType}'`)
}

/**
 * How many fields of a form are read. For another type a limit is not looked at, as in Kong.
 *
 * @throws POSTERN_PLUGIN_ARGUMENT_INVALID
 */
export function checkMaxFields(contentType: string, max: unknown, fallback: number): number {
  return kindOf(contentType) === 'form' ? checkMaxArgs(max, fallback) : fallback
}

/**
 * The type without its parameters, as Kong tells it beside the fields of a body; a type that cannot
 * be read stays as it is.
 */
export function bareBodyType(contentType: string): string {
  const kind = kindOf(contentType)
  return kind === undefined ? contentType : BARE_TYPES[kind]
}

/** A body and the Content-Type to send with it: the one given, with a boundary where it needs one. */
export interface EncodedBody {
  readonly body: Uint8Array
  readonly contentType: string
}

/**
 * Writes fields in the form that a type names.
 *
 * @throws POSTERN_PLUGIN_UNAVAILABLE, POSTERN_PLUGIN_ARGUMENT_INVALID
 */
export function encodeBody(fields: BodyFields, contentType: string): EncodedBody {
  switch (kindOf(contentType)) {
    case 'form':
      return { body: Buffer.from(encodeArgs(fields)), contentType }
    case 'json':
      return { body: Buffer.from(JSON.stringify(fields)), contentType }
    case 'multipart': {
      const boundary = multipartBoundary(contentType)
      return {
        body: encodeMultipart(fields, boundary),
        contentType: `${MULTIPART}; boundary=${boundary}`,
      }
    }
    case undefined:
      throw pluginErrors.UNAVAILABLE(`unsupported content type ${contentType}`)
  }
}

const FORM = 'application/x-www-form-urlencoded'
const JSON_TYPE = 'application/json'
const MULTIPART = 'multipart/form-data'

type BodyKind = 'form' | 'json' | 'multipart'

const BARE_TYPES: Readonly<Record<BodyKind, string>> = {
  form: FORM,
  json: JSON_TYPE,
  multipart: MULTIPART,
}

function kindOf(contentType: string): BodyKind | undefined {
  const lower = contentType.trimStart().toLowerCase()
  if (lower.startsWith(FORM)) return 'form'
  if (lower.startsWith(JSON_TYPE)) return 'json'
  return lower.startsWith(MULTIPART) ? 'multipart' : undefined
}

function textOf(body: Uint8Array): string {
  return Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('utf8')
}

function parseJson(text: string): BodyFields {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw pluginErrors.UNAVAILABLE('invalid json body').causedBy(error)
  }
  if (typeof value !== 'object' || value === null) {
    throw pluginErrors.UNAVAILABLE('invalid json body')
  }
  return value as BodyFields
}
