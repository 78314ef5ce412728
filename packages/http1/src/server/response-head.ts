import { FieldWriter } from '../wire/field-writer.ts'
import type { PreparedFields } from '../wire/prepared-fields.ts'
import { statusLine } from '../wire/write-head.ts'

/** How the end of the body of an answer is told. */
export type ResponseFraming = 'none' | 'length' | 'chunked' | 'close' | 'undecided'

/** What an answer has to know of its request, and of the time. */
export interface AnswerTo {
  readonly isHead: boolean
  /** Added where the fields have no Date. */
  readonly dateLine: string
}

/**
 * The first part of the head of an answer: all but the framing, the Connection field and the empty
 * line. One object serves all answers in turn.
 */
export class ResponseHeadDraft extends FieldWriter {
  framing: ResponseFraming = 'none'

  /**
   * @param fields name, value, name, value
   * @param prepared fields that stand before them
   * @throws POSTERN_HTTP1_HEAD_INVALID for what would break the message
   */
  write(
    status: number,
    fields: readonly string[],
    answer: AnswerTo,
    prepared: PreparedFields | undefined,
  ): void {
    this.reset()
    this.text = statusLine(status)
    const takesLength = status !== 204
    if (prepared !== undefined) {
      if (takesLength || prepared.length < 0) this.addPrepared(prepared)
      else this.add(prepared.raw, false)
    }
    this.add(fields, takesLength)
    if (!this.hasDate) this.text += answer.dateLine
    this.framing = this.#framing(status, answer.isHead)
  }

  #framing(status: number, isHead: boolean): ResponseFraming {
    if (isHead || status === 204 || status === 304) return 'none'
    return this.length >= 0 ? 'length' : 'undecided'
  }
}
