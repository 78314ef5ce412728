import { type Cache, type CacheRequest, createCache } from '@postern/plugin-runtime'

/** In all; what was used least recently makes room. */
const MAX_ENTRIES = 1000

/** Of key and value as JSON. With the number of entries: what all of them can take. */
const MAX_LENGTH = 64 * 1024

/** The functions of a cache. */
export type CacheFunctions = Pick<Cache, keyof Cache>

/**
 * `kong.cache` for functions that nobody vouches for: each configuration of a plugin has a part of
 * its own, so that its functions neither see nor change what others keep, plugins least of all.
 *
 * What is longer than 64 KiB is not kept.
 */
export class FunctionCaches {
  readonly #cache: Cache
  readonly #purges: Map<string, number>

  constructor() {
    this.#cache = createCache({ maxEntries: MAX_ENTRIES, keeps: isShort })
    this.#purges = new Map()
  }

  /** The part of a configuration, by its id. */
  of(owner: string): CacheFunctions {
    const purges = this.#purges.get(owner) ?? 0
    return partOf(this.#cache, `${owner}:${purges}:`, () => this.#purges.set(owner, purges + 1))
  }
}

function partOf(cache: Cache, prefix: string, purge: () => void): CacheFunctions {
  // What is no text is left as it is, for the cache to refuse.
  const name = (key: string): string => (typeof key === 'string' ? prefix + key : key)
  return {
    get: (key, times, load, ...args) => cache.get(name(key), times, load, ...args),
    getBulk: (bulk) => cache.getBulk(named(bulk, name)),
    renew: (key, times, load, ...args) => cache.renew(name(key), times, load, ...args),
    safeSet: (key, value, times) => cache.safeSet(name(key), value, times),
    probe: (key) => cache.probe(name(key)),
    invalidate: (key) => cache.invalidateLocal(name(key)),
    invalidateLocal: (key) => cache.invalidateLocal(name(key)),
    purge,
  }
}

function named(bulk: readonly CacheRequest[], name: (key: string) => string): CacheRequest[] {
  const isList: boolean = Array.isArray(bulk)
  return isList ? bulk.map((one) => ({ ...one, key: name(one.key) })) : (bulk as CacheRequest[])
}

function isShort(key: string, value: unknown): boolean {
  return key.length + (JSON.stringify(value)?.length ?? 0) <= MAX_LENGTH
}
