import { type LookupAddress, type LookupOptions, lookup as systemLookup } from 'node:dns'

/** As `net.connect` calls it: with `all`, as both kinds of addresses may be tried. */
export type Lookup = (
  host: string,
  options: LookupOptions,
  found: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void

/** What is kept of names. */
export interface CachedLookupOptions {
  /** How long an answer counts, in milliseconds; 0 asks each time. The TTL of DNS is not known here. */
  readonly ttlMs: number
  /** Names that are remembered; beyond it the oldest answer goes. */
  readonly maxNames?: number
  /** Instead of `dns.lookup`. */
  readonly lookup?: Lookup
}

/**
 * Makes a lookup that remembers answers for a short time, and asks once for all who ask meanwhile.
 *
 * `dns.lookup` runs getaddrinfo in a pool of four threads: a burst of new connections to a name
 * would queue there. That a name does not resolve is remembered like an address.
 */
export function createCachedLookup(options: CachedLookupOptions): Lookup {
  const { ttlMs, maxNames = 1000, lookup = resolveAll } = options
  const answers = new Map<string, Answer>()
  const asked = new Map<string, Found[]>()

  return (host, lookupOptions, found) => {
    const known = answers.get(host)
    if (known !== undefined && performance.now() - known.atMs < ttlMs) {
      // Later, as whoever asks does not expect an answer before the call is over.
      process.nextTick(found, known.error, known.addresses)
      return
    }
    const others = asked.get(host)
    if (others !== undefined) {
      others.push(found)
      return
    }
    const all = [found]
    asked.set(host, all)
    lookup(host, { ...lookupOptions, all: true }, (error, addresses) => {
      asked.delete(host)
      if (ttlMs > 0) remember(host, { error, addresses, atMs: performance.now() })
      for (const one of all) one(error, addresses)
    })
  }

  function remember(host: string, answer: Answer): void {
    answers.delete(host)
    answers.set(host, answer)
    if (answers.size <= maxNames) return
    for (const oldest of answers.keys()) {
      answers.delete(oldest)
      return
    }
  }
}

type Found = Parameters<Lookup>[2]

interface Answer {
  readonly error: NodeJS.ErrnoException | null
  readonly addresses: LookupAddress[]
  readonly atMs: number
}

function resolveAll(host: string, options: LookupOptions, found: Found): void {
  systemLookup(host, { ...options, all: true }, found)
}
