import { randomUUID } from 'node:crypto'
import { pluginErrors } from '../errors.ts'
import type { BodyFields } from './body-fields.ts'

/** Parts beyond this are not read: each costs a search through what is left of the body. */
const MAX_PARTS = 1000
const MAX_HEADER_BYTES = 16 * 1024

/**
 * Reads the fields of a multipart form. A file's content is the value of its field; a name that
 * repeats has a list.
 *
 * @throws POSTERN_PLUGIN_UNAVAILABLE `unable to decode multipart body`
 */
export function parseMultipart(body: Uint8Array, contentType: string): BodyFields {
  const boundary = boundaryIn(contentType)
  if (boundary === undefined) throw pluginErrors.UNAVAILABLE('unable to decode multipart body')
  const fields = Object.create(null) as BodyFields
  for (const part of partsOf(Buffer.from(body), boundary)) {
    const name = nameIn(part.head)
    if (name !== undefined) addField(fields, name, part.content.toString('utf8'))
  }
  return fields
}

/** The boundary that a type names, or a new one. */
export function multipartBoundary(contentType: string): string {
  return boundaryIn(contentType) ?? randomUUID().replaceAll('-', '')
}

/**
 * Writes a multipart form.
 *
 * @throws POSTERN_PLUGIN_ARGUMENT_INVALID when a value is no string, number or boolean
 */
export function encodeMultipart(fields: BodyFields, boundary: string): Buffer {
  const parts = Object.keys(fields)
    .sort()
    .map((name) => encodePart(name, fields[name], boundary))
  return Buffer.from(`${parts.join('')}--${boundary}--\r\n`)
}

interface Part {
  readonly head: string
  readonly content: Buffer
}

function* partsOf(body: Buffer, boundary: string): Generator<Part> {
  const delimiter = Buffer.from(`--${boundary}`)
  let at = body.indexOf(delimiter)
  for (let count = 0; at >= 0 && count < MAX_PARTS; count++) {
    const start = at + delimiter.length
    if (body.subarray(start, start + 2).equals(DASHES)) return
    const next = body.indexOf(delimiter, start)
    if (next < 0) return
    const headEnd = body.indexOf('\r\n\r\n', start)
    if (headEnd >= 0 && headEnd < next && headEnd - start <= MAX_HEADER_BYTES) {
      const head = body.subarray(start, headEnd).toString('latin1')
      // The line end before a delimiter belongs to the delimiter.
      yield { head, content: body.subarray(headEnd + 4, Math.max(headEnd + 4, next - 2)) }
    }
    at = next
  }
}

const DASHES = Buffer.from('--')

function boundaryIn(contentType: string): string | undefined {
  const found = /;\s*boundary=(?:"([^"]{1,200})"|([^\s;,"]{1,200})(?=[\s;,]|$))/i.exec(contentType)
  return found?.[1] ?? found?.[2]
}

function nameIn(head: string): string | undefined {
  const disposition = /^content-disposition:\s*form-data\s*;(.*)$/im.exec(head)?.[1]
  if (disposition === undefined) return undefined
  const found = /(?:^|[;\s])name=(?:"([^"]*)"|([^\s;"]+))/i.exec(disposition)
  const name = found?.[1] ?? found?.[2]
  return name === undefined ? undefined : Buffer.from(name, 'latin1').toString('utf8')
}

function addField(fields: BodyFields, name: string, value: string): void {
  const before = fields[name]
  if (before === undefined) fields[name] = value
  else if (Array.isArray(before)) before.push(value)
  else fields[name] = [before, value]
}

function encodePart(name: string, value: unknown, boundary: string): string {
  if (Array.isArray(value)) return value.map((one) => encodePart(name, one, boundary)).join('')
  if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') {
    const got = value === null || value === undefined ? 'nil' : 'table'
    throw pluginErrors.ARGUMENT_INVALID(
      `invalid value "${name}": got ${got}, expected string, number or boolean`,
    )
  }
  const quoted = name.replace(/["\r\n]/g, encodeURIComponent)
  return `--${boundary}\r\nContent-Disposition: form-data; name="${quoted}"\r\n\r\n${value}\r\n`
}
