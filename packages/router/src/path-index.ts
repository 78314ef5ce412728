import { type Entry, type Query, takes } from './entry.ts'

/** The entries under one host, found by path. */
export interface PathIndex {
  /** The best rank in here. */
  readonly best: number
  /** The best entry that takes the request, or `found` when none here is better. */
  find(query: Query, found: Entry | undefined): Entry | undefined
}

/** Below this a list in order of rank beats a tree (bench/match.bench.ts). */
const LARGEST_LIST = 8

/** Makes an index of entries in order of their rank. */
export function createPathIndex(entries: readonly Entry[]): PathIndex {
  return entries.length <= LARGEST_LIST ? new PathList(entries) : new PathTree(entries)
}

class PathList implements PathIndex {
  readonly best: number
  readonly #entries: readonly Entry[]

  constructor(entries: readonly Entry[]) {
    this.#entries = entries
    this.best = entries[0]?.rank ?? Number.POSITIVE_INFINITY
  }

  find(query: Query, found: Entry | undefined): Entry | undefined {
    const limit = found === undefined ? Number.POSITIVE_INFINITY : found.rank
    for (const entry of this.#entries) {
      if (entry.rank >= limit) return found
      if (query.path.startsWith(entry.prefix) && takes(entry, query)) return entry
    }
    return found
  }
}

// A radix tree on the literal prefixes. /users, /users/me and ~/users/\d+ stand like this, the
// expression at the characters it must begin with:
//
//   "/users"  [/users]
//      "/"    [~/users/\d+]
//        "me" [/users/me]
//
// The path is walked down once. Each node knows the best rank below it, so the walk stops as soon
// as nothing further down can win.
class PathTree implements PathIndex {
  readonly best: number
  readonly #root: Node

  constructor(entries: readonly Entry[]) {
    this.best = entries[0]?.rank ?? Number.POSITIVE_INFINITY
    this.#root = new Node('')
    for (const entry of entries) this.#root.insert(entry.prefix, entry)
  }

  find(query: Query, found: Entry | undefined): Entry | undefined {
    const { path } = query
    let best = found
    let node: Node | undefined = this.#root
    for (let at = 0; node !== undefined; ) {
      if (best !== undefined && node.best >= best.rank) return best
      best = findAmong(node.entries, query, best)
      const child: Node | undefined = node.child(path.charCodeAt(at))
      if (child === undefined || !path.startsWith(child.label, at)) return best
      at += child.label.length
      node = child
    }
    return best
  }
}

function findAmong(
  entries: readonly Entry[],
  query: Query,
  found: Entry | undefined,
): Entry | undefined {
  for (const entry of entries) {
    if (found !== undefined && entry.rank >= found.rank) return found
    if (takes(entry, query)) return entry
  }
  return found
}

/** Up to this many children are looked through, more are looked up (bench/growth.ts). */
const MOST_LISTED = 12

class Node {
  label: string
  /** In order of rank, as they are inserted in that order. */
  entries: Entry[] = []
  /** The best rank here and below. */
  best = Number.POSITIVE_INFINITY
  /** The children, and the first character code of each. */
  readonly #codes: number[] = []
  readonly #nodes: Node[] = []
  #byCode: Map<number, Node> | undefined

  constructor(label: string) {
    this.label = label
  }

  child(code: number): Node | undefined {
    if (this.#byCode !== undefined) return this.#byCode.get(code)
    const codes = this.#codes
    for (let i = 0; i < codes.length; i++) if (codes[i] === code) return this.#nodes[i]
    return undefined
  }

  insert(rest: string, entry: Entry): void {
    let node: Node = this
    for (let left = rest; ; ) {
      if (entry.rank < node.best) node.best = entry.rank
      if (left === '') break
      const child: Node = node.#childFor(left)
      left = left.slice(child.label.length)
      node = child
    }
    node.entries.push(entry)
  }

  /** The child whose label begins `text`, made or split off where there is none. */
  #childFor(text: string): Node {
    const code = text.charCodeAt(0)
    const child = this.child(code)
    const shared = child === undefined ? 0 : sharedLength(child.label, text)
    if (child !== undefined && shared === child.label.length) return child
    const made = new Node(child === undefined ? text : child.label.slice(0, shared))
    if (child !== undefined) made.#adopt(child, shared)
    this.#put(code, made)
    return made
  }

  #adopt(child: Node, shared: number): void {
    child.label = child.label.slice(shared)
    this.best = child.best
    this.#put(child.label.charCodeAt(0), child)
  }

  #put(code: number, node: Node): void {
    const at = this.#codes.indexOf(code)
    if (at < 0) this.#codes.push(code)
    this.#nodes[at < 0 ? this.#nodes.length : at] = node
    if (this.#codes.length <= MOST_LISTED) return
    this.#byCode ??= new Map(this.#codes.map((each, i) => [each, this.#nodes[i] as Node]))
    this.#byCode.set(code, node)
  }
}

function sharedLength(a: string, b: string): number {
  let length = 0
  while (length < a.length && a.charCodeAt(length) === b.charCodeAt(length)) length++
  return length
}
