import { type HttpStep, type Json, textOf } from './http-case.ts'

/** The body of a step as it goes over the wire, and the Content-Type that belongs to it. */
export interface Payload {
  readonly body: string | undefined
  readonly type: string | undefined
}

const BOUNDARY = 'postern-conformance-7d9a'

/** Makes the body of a step from its `json`, `form`, `multipart` or `body`. */
export function encodePayload(step: HttpStep): Payload {
  if (step.json !== undefined) return { body: JSON.stringify(step.json), type: 'application/json' }
  if (step.form !== undefined) {
    return { body: encodeForm(step.form), type: 'application/x-www-form-urlencoded' }
  }
  if (step.multipart !== undefined) {
    return {
      body: encodeMultipart(step.multipart),
      type: `multipart/form-data; boundary=${BOUNDARY}`,
    }
  }
  if (step.body === undefined) return { body: undefined, type: undefined }
  return {
    body: typeof step.body === 'string' ? step.body : JSON.stringify(step.body),
    type: undefined,
  }
}

function encodeForm(form: Json): string {
  if (typeof form === 'string') return form
  return fieldsOf(form)
    .map(([name, value]) => `${encodeName(name)}=${encodeURIComponent(textOf(value))}`)
    .join('&')
}

/** Brackets stay as they are: `tags[]=a` and `config[key_names][1]=b` is what people type. */
function encodeName(name: string): string {
  return encodeURIComponent(name).replaceAll('%5B', '[').replaceAll('%5D', ']')
}

function encodeMultipart(parts: Json): string {
  const encoded = fieldsOf(parts).map(
    ([name, value]) => `--${BOUNDARY}\r\n${encodePart(name, value)}\r\n`,
  )
  return `${encoded.join('')}--${BOUNDARY}--\r\n`
}

function encodePart(name: string, value: Json): string {
  const disposition = `Content-Disposition: form-data; name="${name}"`
  if (!isFile(value)) return `${disposition}\r\n\r\n${textOf(value)}`
  const { filename = 'file', type = 'application/octet-stream', content } = value
  return `${disposition}; filename="${filename}"\r\nContent-Type: ${type}\r\n\r\n${content}`
}

interface FilePart {
  readonly filename?: string
  readonly type?: string
  readonly content: string
}

function isFile(value: Json): value is Json & FilePart {
  return typeof value === 'object' && value !== null
}

/** Pairs of an object or of a list of pairs; a list as value stands for the name repeated. */
function fieldsOf(fields: Json): [string, Json][] {
  const pairs = Array.isArray(fields) ? (fields as [string, Json][]) : Object.entries(fields ?? {})
  return pairs.flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value]).map((item: Json): [string, Json] => [name, item]),
  )
}
