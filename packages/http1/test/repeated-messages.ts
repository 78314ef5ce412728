import { randomOf } from '@postern/conformance'

/** The parts of a head that a message may have in common with the one before it. */
interface Draft {
  readonly first: string
  readonly second: string
  readonly third: string
  readonly fields: readonly string[]
}

/**
 * Makes what one side of a connection says: messages that repeat the one before, or differ from it in
 * one part or one byte. Each is followed by the body that its fields tell of.
 */
export class RepeatedMessages {
  readonly #random: () => number
  readonly #words: Words

  /** The same seed makes the same messages. */
  constructor(seed: number, words: Words) {
    this.#random = randomOf(seed)
    this.#words = words
  }

  /** @param count of messages */
  next(count: number): string[] {
    const messages: string[] = []
    let draft = this.#draft()
    for (let i = 0; i < count; i++) {
      messages.push(this.#emptyLine() + this.#withByteChanged(textOf(draft)) + bodyOf(draft))
      if (this.below(3) === 0) draft = this.#changed(draft)
    }
    return messages
  }

  below(limit: number): number {
    return Math.floor(this.#random() * limit)
  }

  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)] as T
  }

  #draft(): Draft {
    const { firsts, seconds, thirds, fields } = this.#words
    const count = this.below(4)
    return {
      first: this.pick(firsts),
      second: this.pick(seconds),
      third: this.pick(thirds),
      fields: [this.#words.always, ...Array.from({ length: count }, () => this.pick(fields))],
    }
  }

  #changed(draft: Draft): Draft {
    const other = this.#draft()
    const at = this.below(draft.fields.length)
    const field = this.pick(this.#words.fields)
    switch (this.below(7)) {
      case 0:
        return { ...draft, first: other.first }
      case 1:
        return { ...draft, second: other.second }
      case 2:
        return { ...draft, third: other.third }
      case 3:
        return { ...draft, fields: draft.fields.toSpliced(at, 1, field) }
      case 4:
        return { ...draft, fields: draft.fields.toSpliced(at, 0, field) }
      case 5:
        return { ...draft, fields: draft.fields.toSpliced(at, 1) }
      default:
        return other
    }
  }

  #emptyLine(): string {
    return this.#words.mayBeginEmpty && this.below(12) === 0 ? '\r\n' : ''
  }

  #withByteChanged(head: string): string {
    if (this.below(24) !== 0) return head
    const at = this.below(head.length)
    const byte = this.below(3) === 0 ? this.pick(['\r', '\n', ' ', '']) : this.pick([...head])
    return head.slice(0, at) + byte + head.slice(at + 1)
  }
}

/** What messages are made of. */
export interface Words {
  readonly firsts: readonly string[]
  readonly seconds: readonly string[]
  readonly thirds: readonly string[]
  /** A field that nearly all have. */
  readonly always: string
  readonly fields: readonly string[]
  /** Whether an empty line may stand before a message. */
  readonly mayBeginEmpty: boolean
}

function textOf({ first, second, third, fields }: Draft): string {
  return `${[`${first} ${second} ${third}`, ...fields].join('\r\n')}\r\n\r\n`
}

function bodyOf({ fields }: Draft): string {
  const length = fields.find((field) => field.startsWith('Content-Length: '))
  if (fields.includes(CHUNKED_FIELD)) return '3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nX-Sum: 7\r\n\r\n'
  return length === undefined ? '' : 'GET / HTTP/1.1\r\n\r\n'.slice(0, Number(length.slice(16)))
}

const CHUNKED_FIELD = 'Transfer-Encoding: chunked'

function times<T>(count: number, of: T): T[] {
  return Array.from({ length: count }, () => of)
}

const STRANGE_TARGETS = ['*', 'a.test:443', '/a#b', '/\xe9', '']

/** What a client says. */
export const REQUEST_WORDS: Words = {
  firsts: [...times(15, 'GET'), 'HEAD', 'POST', 'PURGE', 'OPTIONS', 'GETS', 'CONNECT'],
  seconds: [...times(8, '/a'), ...times(8, '/ab?c=d'), '/', 'http://a.test/', ...STRANGE_TARGETS],
  thirds: [...times(15, 'HTTP/1.1'), 'HTTP/1.0', 'HTTP/2.0'],
  always: 'Host: a.test',
  fields: [
    'Host: b.test',
    'Accept: */*',
    'Accept:*/*',
    'Connection: close',
    'Connection: keep-alive',
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Expect: 100-continue',
    'Content-Length: 0',
    'Content-Length: 4',
    'Content-Length: 18',
    CHUNKED_FIELD,
    'X-A: 1',
    'X-A: 2',
    'X-\xe9: 1',
  ],
  mayBeginEmpty: true,
}

/** What a server says. */
export const RESPONSE_WORDS: Words = {
  firsts: [...times(15, 'HTTP/1.1'), 'HTTP/1.0', 'HTTP/2.0'],
  seconds: [...times(9, '200'), '204', '304', '404', '103', '101', '99'],
  thirds: ['OK', 'OK', 'Fine', ''],
  always: 'Content-Length: 4',
  fields: [
    'Content-Length: 0',
    'Content-Length: 18',
    CHUNKED_FIELD,
    'Connection: close',
    'Connection: keep-alive',
    'Keep-Alive: timeout=5',
    'Keep-Alive: timeout=50',
    ...times(6, 'X-A: 1'),
    ...times(6, 'X-A: 2'),
    'Upgrade: websocket',
  ],
  mayBeginEmpty: false,
}
