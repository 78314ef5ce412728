/**
 * Header fields in the order in which they are sent. A name may occur several times, and is found
 * whatever its capitals.
 *
 * Kept as one flat list, as Node's `rawHeaders` are: a message has a dozen fields, and walking
 * them is cheaper than a Map that has to be built for each message.
 */
export class HeaderList {
  #raw: string[]

  constructor() {
    this.#raw = []
  }

  /** Takes over a flat list of names and values, as in `IncomingMessage.rawHeaders`. Copied. */
  static fromRaw(raw: readonly string[]): HeaderList {
    const list = new HeaderList()
    list.#raw = raw.slice()
    return list
  }

  /** The number of fields; a repeated name counts each time. */
  get size(): number {
    return this.#raw.length / 2
  }

  /** The first value of a name. */
  get(name: string): string | undefined {
    const at = this.#indexOf(name, 0)
    return at < 0 ? undefined : this.#raw[at + 1]
  }

  /** All values of a name, in order. */
  getAll(name: string): string[] {
    const values: string[] = []
    for (let at = this.#indexOf(name, 0); at >= 0; at = this.#indexOf(name, at + 2)) {
      values.push(this.#raw[at + 1] as string)
    }
    return values
  }

  has(name: string): boolean {
    return this.#indexOf(name, 0) >= 0
  }

  /** Replaces all values of a name, in the place of the first of them. An empty list removes it. */
  set(name: string, value: string | readonly string[]): void {
    if (typeof value === 'string') return this.#setOne(name, value)
    this.remove(name)
    for (const one of value) this.#raw.push(name, one)
  }

  /** Adds values behind those that are there. */
  append(name: string, value: string | readonly string[]): void {
    if (typeof value === 'string') this.#raw.push(name, value)
    else for (const one of value) this.#raw.push(name, one)
  }

  /** Removes all values of a name. Silent when there is none. */
  remove(name: string): void {
    this.#removeFrom(name, 0)
  }

  /** A flat list of names and values, as `ServerResponse.writeHead` takes it. A copy. */
  toRaw(): string[] {
    return this.#raw.slice()
  }

  clone(): HeaderList {
    return HeaderList.fromRaw(this.#raw)
  }

  *[Symbol.iterator](): IterableIterator<[name: string, value: string]> {
    for (let i = 0; i < this.#raw.length; i += 2) {
      yield [this.#raw[i] as string, this.#raw[i + 1] as string]
    }
  }

  #setOne(name: string, value: string): void {
    const at = this.#indexOf(name, 0)
    if (at < 0) {
      this.#raw.push(name, value)
      return
    }
    this.#raw[at] = name
    this.#raw[at + 1] = value
    this.#removeFrom(name, at + 2)
  }

  #removeFrom(name: string, from: number): void {
    let at = this.#indexOf(name, from)
    if (at < 0) return
    const kept = this.#raw.slice(0, at)
    while (at >= 0) {
      const next = this.#indexOf(name, at + 2)
      for (let i = at + 2; i < (next < 0 ? this.#raw.length : next); i++) {
        kept.push(this.#raw[i] as string)
      }
      at = next
    }
    this.#raw = kept
  }

  #indexOf(name: string, from: number): number {
    const raw = this.#raw
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
}
