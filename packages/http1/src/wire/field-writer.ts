import { http1Errors } from '../errors.ts'
import { connectionOptions } from './connection-options.ts'
import { fieldName, type FieldRole } from './field-names.ts'
import type { PreparedFields } from './prepared-fields.ts'
import { fieldLine } from './write-head.ts'

/**
 * Writes the fields of an answer as lines, and finds what they say about it.
 *
 * Transfer-Encoding is left out, because bodies are framed by whoever sends them, and so is
 * Connection: what it asks for is told.
 */
export class FieldWriter {
  /** The lines, each with its CRLF. */
  text = ''
  /** Content-Length, or -1. */
  length = -1
  /** Whether Connection asks for the end of the connection. */
  closes = false
  /** Connection as given, where it names Upgrade, as a 426 has to. */
  options = ''
  hasDate = false
  /** Whether none of the fields frames a message or is about a connection: then a request can have them. */
  isPlain = true

  reset(): void {
    this.text = ''
    this.length = -1
    this.closes = false
    this.options = ''
    this.hasDate = false
    this.isPlain = true
  }

  /**
   * @param fields name, value, name, value
   * @param takesLength whether Content-Length is written
   * @throws POSTERN_HTTP1_HEAD_INVALID for what would break the message
   */
  add(fields: readonly string[], takesLength: boolean): void {
    let { text } = this
    for (let i = 0; i < fields.length; i += 2) {
      const name = fields[i] as string
      const value = fields[i + 1] as string
      const known = fieldName(name)
      const line = fieldLine(known, name, value)
      if (known.role === 'plain' || this.#note(known.role, value, takesLength)) text += line
    }
    this.text = text
  }

  /** Takes over what was written before. */
  addPrepared(prepared: PreparedFields): void {
    this.text += prepared.lines()
    this.length = prepared.length
    this.closes = prepared.closes
    this.options = prepared.options
    this.hasDate = prepared.hasDate
    this.isPlain = prepared.isPlain
  }

  /** Answers whether the field is written. */
  #note(role: FieldRole, value: string, takesLength: boolean): boolean {
    this.isPlain &&= role === 'date'
    if (role === 'transfer-encoding') return false
    if (role === 'connection') {
      const { close, upgrade } = connectionOptions(value)
      this.closes ||= close
      if (upgrade) this.options = value
      return false
    }
    if (role === 'date') this.hasDate = true
    if (role !== 'content-length') return true
    this.#readLength(value)
    return takesLength
  }

  #readLength(value: string): void {
    const length = DIGITS.test(value) ? Number(value) : Number.POSITIVE_INFINITY
    if (length > Number.MAX_SAFE_INTEGER || this.length >= 0) {
      throw http1Errors.HEAD_INVALID('the value of Content-Length', value)
    }
    this.length = length
  }
}

const DIGITS = /^[0-9]+$/
