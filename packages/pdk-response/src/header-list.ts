/** Fields that never change, shared by many messages: name, value, name, value. */
export interface FieldBlock {
  readonly raw: readonly string[]
}

/**
 * Header fields in the order in which they are sent. A name may occur several times, and is found
 * whatever its capitals.
 *
 * Kept as one flat list, as Node's `rawHeaders` are: a message has a dozen fields, and walking
 * them is cheaper than a Map that has to be built for each message. A list may begin with a block that
 * it shares with others, until one of its names is changed.
 */
export class HeaderList {
  /** All fields, or those behind the block. A name is never in both. */
  #raw: string[]
  #block: FieldBlock | undefined

  constructor() {
    this.#raw = []
    this.#block = undefined
  }

  /** Takes over a flat list of names and values, as in `IncomingMessage.rawHeaders`. Copied. */
  static fromRaw(raw: readonly string[]): HeaderList {
    const list = new HeaderList()
    list.#raw = raw.slice()
    return list
  }

  /**
   * Begins with the fields of a block, which is not copied.
   *
   * @param own fields of other names that follow; the list is taken over
   */
  static over(block: FieldBlock, own: string[] = []): HeaderList {
    const list = new HeaderList()
    list.#block = block
    list.#raw = own
    return list
  }

  /** The fields that the list begins with, where they are still those of a block. */
  get block(): FieldBlock | undefined {
    return this.#block
  }

  /** The fields behind the block, or all. Not a copy: to be read at once. */
  get own(): readonly string[] {
    return this.#raw
  }

  /** The number of fields; a repeated name counts each time. */
  get size(): number {
    return ((this.#block?.raw.length ?? 0) + this.#raw.length) / 2
  }

  /** The first value of a name. */
  get(name: string): string | undefined {
    const raw = this.#listOf(name)
    const at = indexOf(raw, name, 0)
    return at < 0 ? undefined : raw[at + 1]
  }

  /** All values of a name, in order. */
  getAll(name: string): string[] {
    const raw = this.#listOf(name)
    const values: string[] = []
    for (let at = indexOf(raw, name, 0); at >= 0; at = indexOf(raw, name, at + 2)) {
      values.push(raw[at + 1] as string)
    }
    return values
  }

  has(name: string): boolean {
    return indexOf(this.#listOf(name), name, 0) >= 0
  }

  /** Replaces all values of a name, in the place of the first of them. An empty list removes it. */
  set(name: string, value: string | readonly string[]): void {
    this.#own(name)
    if (typeof value === 'string') return this.#setOne(name, value)
    this.remove(name)
    for (const one of value) this.#raw.push(name, one)
  }

  /** Adds values behind those that are there. */
  append(name: string, value: string | readonly string[]): void {
    this.#own(name)
    if (typeof value === 'string') this.#raw.push(name, value)
    else for (const one of value) this.#raw.push(name, one)
  }

  /** Removes all values of a name. Silent when there is none. */
  remove(name: string): void {
    this.#own(name)
    this.#removeFrom(name, 0)
  }

  /** A flat list of names and values, as `ServerResponse.writeHead` takes it. A copy. */
  toRaw(): string[] {
    return this.#block === undefined ? this.#raw.slice() : [...this.#block.raw, ...this.#raw]
  }

  clone(): HeaderList {
    const list = HeaderList.fromRaw(this.#raw)
    list.#block = this.#block
    return list
  }

  *[Symbol.iterator](): IterableIterator<[name: string, value: string]> {
    const raw = this.toRaw()
    for (let i = 0; i < raw.length; i += 2) {
      yield [raw[i] as string, raw[i + 1] as string]
    }
  }

  /** The one of the two lists in which a name is. */
  #listOf(name: string): readonly string[] {
    const shared = this.#block?.raw
    return shared !== undefined && indexOf(shared, name, 0) >= 0 ? shared : this.#raw
  }

  /** A name that is to be changed cannot stay in what is shared. */
  #own(name: string): void {
    if (this.#block === undefined || indexOf(this.#block.raw, name, 0) < 0) return
    this.#raw = this.toRaw()
    this.#block = undefined
  }

  #setOne(name: string, value: string): void {
    const at = indexOf(this.#raw, name, 0)
    if (at < 0) {
      this.#raw.push(name, value)
      return
    }
    this.#raw[at] = name
    this.#raw[at + 1] = value
    this.#removeFrom(name, at + 2)
  }

  #removeFrom(name: string, from: number): void {
    let at = indexOf(this.#raw, name, from)
    if (at < 0) return
    const kept = this.#raw.slice(0, at)
    while (at >= 0) {
      const next = indexOf(this.#raw, name, at + 2)
      for (let i = at + 2; i < (next < 0 ? this.#raw.length : next); i++) {
        kept.push(this.#raw[i] as string)
      }
      at = next
    }
    this.#raw = kept
  }
}

function indexOf(raw: readonly string[], name: string, from: number): number {
  let lower: string | undefined
  for (let i = from; i < raw.length; i += 2) {
    const candidate = raw[i] as string
    if (candidate.length !== name.length) continue
    if (candidate === name) return i
    lower ??= name.toLowerCase()
    if (candidate.toLowerCase() === lower) return i
  }
  return -1
}
