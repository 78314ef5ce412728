import { flatText } from './flat-text.ts'
import { FieldWriter } from './field-writer.ts'

/**
 * Fields that were checked and written once, to be sent with many messages.
 *
 * They say the same as the list they were made of: whoever sends them may do so before other fields,
 * of other names.
 */
export class PreparedFields extends FieldWriter {
  /** Name, value, name, value; not to be changed. */
  readonly raw: readonly string[]
  #sent = 0

  /**
   * @param raw name, value, name, value
   * @throws POSTERN_HTTP1_HEAD_INVALID for what would break a message
   */
  constructor(raw: readonly string[]) {
    super()
    this.raw = raw
    this.add(raw, true)
  }

  /** The lines. Those that are sent again are worth to be made one piece of text. */
  lines(): string {
    this.#sent += 1
    if (this.#sent === 2) this.text = flatText(this.text)
    return this.text
  }
}
