import { http1Errors } from '../errors.ts'
import { connectionOptions } from '../wire/connection-options.ts'
import { fieldName } from '../wire/field-names.ts'
import { isFieldValue, statusLine } from '../wire/write-head.ts'

/** How the end of the body of an answer is told. */
export type ResponseFraming = 'none' | 'length' | 'chunked' | 'close' | 'undecided'

/**
 * The first part of the head of an answer: all but the framing, the Connection field and the empty
 * line. One object serves all answers in turn.
 */
export class ResponseHeadDraft {
  text = ''
  framing: ResponseFraming = 'none'
  /** Content-Length as given, or -1. */
  length = -1
  /** Whether the caller has asked for the end of the connection. */
  closes = false
  /** Connection as given, where it names Upgrade, as a 426 has to. */
  options = ''

  /**
   * @param fields name, value, name, value. Transfer-Encoding is left out, because the body is
   *   framed here; Connection is written by the server
   * @throws POSTERN_HTTP1_HEAD_INVALID for what would break the message
   */
  write(status: number, fields: readonly string[], answer: AnswerTo): void {
    let text = statusLine(status)
    this.length = -1
    this.closes = false
    this.options = ''
    let hasDate = false
    for (let i = 0; i < fields.length; i += 2) {
      const name = fields[i] as string
      const value = fields[i + 1] as string
      const { isToken, role } = fieldName(name)
      if (!isToken) throw http1Errors.HEAD_INVALID('the field name', name)
      if (!isFieldValue(value)) throw http1Errors.HEAD_INVALID(`the value of ${name}`, value)
      if (role !== 'plain') {
        if (role === 'transfer-encoding') continue
        if (role === 'connection') {
          const { close, upgrade } = connectionOptions(value)
          this.closes ||= close
          if (upgrade) this.options = value
          continue
        }
        if (role === 'date') hasDate = true
        if (role === 'content-length') {
          this.#readLength(value)
          if (status < 200 || status === 204) continue
        }
      }
      text += `${name}: ${value}\r\n`
    }
    this.text = hasDate ? text : text + answer.dateLine
    this.framing = this.#framing(status, answer.isHead)
  }

  #readLength(value: string): void {
    const length = DIGITS.test(value) ? Number(value) : Number.POSITIVE_INFINITY
    if (length > Number.MAX_SAFE_INTEGER || this.length >= 0) {
      throw http1Errors.HEAD_INVALID('the value of Content-Length', value)
    }
    this.length = length
  }

  #framing(status: number, isHead: boolean): ResponseFraming {
    if (isHead || status === 204 || status === 304) return 'none'
    return this.length >= 0 ? 'length' : 'undecided'
  }
}

const DIGITS = /^[0-9]{1,16}$/

/** What an answer has to know of its request. */
export interface AnswerTo {
  readonly isHead: boolean
  readonly dateLine: string
}
