import type { Entry, Query } from './entry.ts'
import { type HostName, parseHost, withoutRootDot } from './host-name.ts'
import { createPathIndex, type PathIndex } from './path-index.ts'

/**
 * All entries of a router by host: plain hosts and both kinds of wildcards in maps, Routes without
 * hosts beside them.
 */
export class HostIndex {
  readonly #plain: Map<string, PathIndex>
  /** `*.example.com` under `.example.com`. */
  readonly #suffixes: Map<string, PathIndex>
  /** `example.*` under `example.`. */
  readonly #prefixes: Map<string, PathIndex>
  readonly #anyHost: PathIndex

  /** @param entries in order of rank, each with the host it is for, or undefined for any */
  constructor(entries: Iterable<readonly [host: string | undefined, entry: Entry]>) {
    const lists = { plain: new Lists(), suffixes: new Lists(), prefixes: new Lists() }
    const anyHost: Entry[] = []
    for (const [host, entry] of entries) {
      if (host === undefined) anyHost.push(entry)
      else if (host.startsWith('*')) lists.suffixes.add(host.slice(1), entry)
      else if (host.endsWith('*')) lists.prefixes.add(host.slice(0, -1), entry)
      else lists.plain.add(host, entry)
    }
    this.#plain = lists.plain.indexed()
    this.#suffixes = lists.suffixes.indexed()
    this.#prefixes = lists.prefixes.indexed()
    this.#anyHost = createPathIndex(anyHost)
  }

  /** The best entry that takes the request; `name` is undefined without a Host header. */
  find(query: Query, name: string | undefined): Entry | undefined {
    let found: Entry | undefined
    if (name !== undefined) {
      const plain = this.#plain.get(withoutRootDot(name))
      if (plain !== undefined) found = plain.find(query, found)
      if (this.#suffixes.size > 0) found = this.#findSuffix(query, withoutRootDot(name), found)
      if (this.#prefixes.size > 0) found = this.#findPrefix(query, name, found)
    }
    return better(this.#anyHost, query, found)
  }

  #findSuffix(query: Query, name: string, found: Entry | undefined): Entry | undefined {
    let best = found
    for (let dot = name.indexOf('.'); dot >= 0; dot = name.indexOf('.', dot + 1)) {
      best = better(this.#suffixes.get(name.slice(dot)), query, best)
    }
    return best
  }

  #findPrefix(query: Query, name: string, found: Entry | undefined): Entry | undefined {
    let best = found
    for (let dot = name.indexOf('.'); dot >= 0; dot = name.indexOf('.', dot + 1)) {
      best = better(this.#prefixes.get(name.slice(0, dot + 1)), query, best)
    }
    return best
  }
}

function better(
  index: PathIndex | undefined,
  query: Query,
  found: Entry | undefined,
): Entry | undefined {
  if (index === undefined || (found !== undefined && index.best >= found.rank)) return found
  return index.find(query, found)
}

/** A host of a Route in the form in which it is compared. */
export function parseRouteHost(host: string): HostName {
  const { name, port } = parseHost(host)
  return { name: withoutRootDot(name), port }
}

/** Entries under a key, in the order in which they came. */
class Lists {
  readonly #entries = new Map<string, Entry[]>()

  add(key: string, entry: Entry): void {
    const list = this.#entries.get(key)
    if (list === undefined) this.#entries.set(key, [entry])
    else list.push(entry)
  }

  indexed(): Map<string, PathIndex> {
    const indexes = new Map<string, PathIndex>()
    for (const [key, entries] of this.#entries) indexes.set(key, createPathIndex(entries))
    return indexes
  }
}
