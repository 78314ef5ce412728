/**
 * Makes streams of requests that are almost right: valid ones, with bytes changed, taken out, doubled
 * and put elsewhere, and with pieces of other people's attacks put in.
 */
export class MutatedStreams {
  readonly #random: () => number

  /** The same seed makes the same streams. */
  constructor(seed: number) {
    this.#random = randomOf(seed)
  }

  next(): Buffer {
    let stream = ''
    const requests = 1 + this.#below(3)
    for (let i = 0; i < requests; i++) stream += this.#request()
    const changes = this.#below(5)
    for (let i = 0; i < changes; i++) stream = this.#change(stream)
    return Buffer.from(stream, 'latin1')
  }

  /** Where to cut a stream of that length into pieces. */
  cuts(length: number): number[] {
    const count = this.#below(6)
    return Array.from({ length: count }, () => this.#below(length + 1)).sort((a, b) => a - b)
  }

  #request(): string {
    const method = this.#below(40) === 0 ? 'CONNECT' : this.#pick(METHODS)
    const target = method === 'CONNECT' ? 'a.test:443' : this.#pick(TARGETS)
    let head = `${method} ${target} HTTP/1.${this.#below(8) === 0 ? 0 : 1}\r\n`
    head += this.#pick(['Host: a.test', 'host: a.test:80', 'HOST:[::1]:8000', 'Host:']) + '\r\n'
    for (let i = this.#below(4); i > 0; i--) head += `${this.#pick(FIELDS)}\r\n`
    if (this.#below(12) === 0) head += `${this.#pick(MORE_FRAMINGS)}\r\n`
    const body = this.#pick([
      '',
      '',
      '',
      'hello',
      'a\r\n\r\nb',
      'GET /smuggled HTTP/1.1\r\nHost: a.test\r\n\r\n',
    ])
    if (body !== '' && this.#below(2) === 0)
      return `${head}${this.#pick(CODINGS)}\r\n\r\n${this.#chunked(body)}`
    return body === '' ? `${head}\r\n` : `${head}Content-Length: ${body.length}\r\n\r\n${body}`
  }

  #chunked(body: string): string {
    const at = 1 + this.#below(body.length)
    let text = ''
    for (const part of [body.slice(0, at), body.slice(at)]) {
      if (part === '') continue
      const size =
        this.#below(2) === 0
          ? part.length.toString(16)
          : `0${part.length.toString(16).toUpperCase()}`
      text += `${size}${this.#pick(EXTENSIONS)}\r\n${part}\r\n`
    }
    return `${text}0${this.#pick(EXTENSIONS)}\r\n${this.#pick(['', '', 'X-T: 1\r\n', 'Content-Length: 5\r\nB:\r\n'])}\r\n`
  }

  #change(stream: string): string {
    const at = this.#below(stream.length + 1)
    const to = at + this.#below(this.#below(4) === 0 ? 40 : 4)
    const kind = this.#below(7)
    if (kind === 0)
      return stream.slice(0, at) + String.fromCharCode(this.#below(256)) + stream.slice(at + 1)
    if (kind === 1) return stream.slice(0, at) + stream.slice(to)
    if (kind === 2) return stream.slice(0, to) + stream.slice(at, to) + stream.slice(to)
    if (kind === 3) return stream.slice(0, at) + this.#pick(PIECES) + stream.slice(at)
    if (kind === 4) return stream.slice(0, at) + this.#pick(PIECES) + stream.slice(to)
    if (kind === 5) return stream.slice(0, at)
    const line = stream.indexOf('\r\n', at)
    return line < 0 ? stream : stream.slice(0, line) + this.#pick(LINE_PIECES) + stream.slice(line)
  }

  #pick<T>(list: readonly T[]): T {
    return list[this.#below(list.length)] as T
  }

  #below(limit: number): number {
    return Math.floor(this.#random() * limit)
  }
}

const METHODS = ['GET', 'GET', 'HEAD', 'POST', 'PUT', 'OPTIONS', 'PURGE']
const TARGETS = [
  '/',
  '/p',
  '/p?a=b&c=%20',
  '*',
  'http://a.test/p',
  'http://a.test',
  '/a{b}|c',
  '//x/..;/',
  'https://[::1]:1?q',
]
const FIELDS = [
  'Accept: */*',
  'X-A:b',
  'X-A: \t b c \t',
  'Cookie: a=1; b="2"',
  'Connection: keep-alive',
  'Connection: close, x',
  'Expect: 100-continue',
  'Upgrade: websocket',
  'X-Obs: \xe4\xf6',
  'Empty:',
  '__proto__: x',
]
const CODINGS = [
  'Transfer-Encoding: chunked',
  'transfer-encoding:Chunked',
  'Transfer-Encoding: gzip, chunked',
  'Transfer-Encoding: identity',
]
/** Each is enough to be refused where the body is framed already. */
const MORE_FRAMINGS = [
  'Content-Length: 5',
  'Content-Length: 0',
  'content-length:5',
  'Transfer-Encoding: chunked',
  'Transfer-Encoding:',
]
const EXTENSIONS = ['', '', '', ';a', ';a=b', ' ; a = "b\\"c"', ';', ' ', ';a="']
const PIECES = [
  '\r\n',
  '\n',
  '\r',
  '\0',
  ' ',
  '\t',
  ':',
  ';',
  ',',
  '\r\n\r\n',
  '\x0b',
  '\x7f',
  '\xff',
  '0',
  '0\r\n\r\n',
  'ffffffffffffffff',
  '20000000000000',
  'Content-Length: 5\r\n',
  'Content-Length: 0\r\n',
  'Content-Length: +5\r\n',
  'Content-Length: 5, 5\r\n',
  'Transfer-Encoding: chunked\r\n',
  'Transfer-Encoding : chunked\r\n',
  'Transfer-Encoding: xchunked\r\n',
  'Transfer-Encoding:\r\n chunked\r\n',
  'Host: b.test\r\n',
  ' folded\r\n',
  'HTTP/1.1',
  'HTTP/2.0',
  'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
  'GET /x HTTP/1.1\r\nHost: a.test\r\n\r\n',
]
const LINE_PIECES = [
  '\r',
  ' ',
  '\t',
  '\n',
  '\0',
  ';a=b',
  ', chunked',
  'x',
  '\x0b',
  ' HTTP/1.1',
  ': x',
]

/** Mulberry32: small, fast, and the same everywhere. Answers 0 or more, and less than 1. */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
