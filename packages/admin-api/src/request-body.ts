import { expandNames, MAX_ARGUMENTS, type NamedValue } from './expand-names.ts'
import { parseMultipart } from './parse-multipart.ts'
import { parseUrlencoded } from './parse-urlencoded.ts'
import { readBody } from './read-body.ts'
import { refuse } from './refusal.ts'
import { parseJsonBody } from './parse-json-body.ts'

/** The fields of a request body. Which types the texts stand for is for the schema to say. */
export interface RequestBody {
  /** Values as they are meant: JSON is never coerced. */
  readonly typed: Readonly<Record<string, unknown>>
  /** Texts that still have to take the types of the schema: forms, and dotted names in JSON. */
  readonly texts: Readonly<Record<string, unknown>>
}

/** A body without any field. */
export const EMPTY_BODY: RequestBody = { typed: {}, texts: {} }

/**
 * Reads the body of a POST, PUT or PATCH: JSON, a urlencoded form or a multipart form.
 *
 * @throws Refusal 400, 413, 415
 */
export async function readRequestBody(request: Request, maxBytes: number): Promise<RequestBody> {
  const contentType = request.headers.get('content-type') ?? ''
  const parse = parserOf(contentType)
  if (contentType !== '' && parse === undefined) throw unsupported()
  const bytes = await readBody(request, maxBytes)
  if (parse !== undefined) return parse(bytes, contentType)
  // A chunked body counts as a body also when it is empty.
  const isPresent = bytes.length > 0 || request.headers.has('transfer-encoding')
  if (isPresent) throw unsupported()
  return EMPTY_BODY
}

type Parse = (bytes: Uint8Array, contentType: string) => RequestBody | Promise<RequestBody>

const PARSERS: readonly (readonly [type: string, parse: Parse])[] = [
  ['application/json', parseJson],
  ['application/x-www-form-urlencoded', (bytes) => formOf(parseUrlencoded(bytes))],
  ['multipart/form-data', async (bytes, type) => formOf(await parseMultipart(bytes, type))],
]

function parserOf(contentType: string): Parse | undefined {
  const type = contentType.toLowerCase()
  return PARSERS.find(([prefix]) => type.startsWith(prefix))?.[1]
}

/**
 * A dotted name in JSON (`"config.functions"`) is read like one in a form. Kong's documentation
 * prints such bodies: HTTPie sends them.
 */
function parseJson(bytes: Uint8Array): RequestBody {
  const entries = Object.entries(parseJsonBody(bytes))
  const typed = entries.filter(([name]) => !name.includes('.'))
  const dotted = entries.filter(([name]) => name.includes('.'))
  return { typed: Object.fromEntries(typed), texts: expandNames(dotted) }
}

function formOf(pairs: readonly NamedValue[]): RequestBody {
  if (pairs.length > MAX_ARGUMENTS) throw refuse(400, 'Too many arguments')
  return { typed: {}, texts: expandNames(pairs) }
}

function unsupported() {
  return refuse(415, 'Unsupported media type')
}
