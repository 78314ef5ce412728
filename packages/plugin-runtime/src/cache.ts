import { EXIT_SIGNAL } from '@postern/pdk-response'
import { describeFailure } from './describe-failure.ts'
import { pluginErrors } from './errors.ts'
import { isThenable } from './is-thenable.ts'

/** How long a value is kept, in seconds; 0 (default) until it is invalidated or displaced. */
export interface CacheTimes {
  readonly ttl?: number
  /** The same for undefined and null: that there is nothing is worth knowing as well. */
  readonly neg_ttl?: number
}

/** What a cache knows of a key. */
export interface CacheProbe {
  /** Seconds that are left; Infinity when it does not expire. */
  readonly ttl: number
  readonly value: unknown
}

/** Options of `createCache`. */
export interface CacheOptions {
  /** The value that was used least recently makes room. Default 10000, at least 1. */
  readonly maxEntries?: number
  /** Whether a value is kept; one that is not is answered all the same. Default: every value. */
  readonly keeps?: (key: string, value: unknown) => boolean
  /** Is told of `invalidate` and `purge`, to tell other processes. Undefined stands for all keys. */
  readonly onInvalidate?: (key: string | undefined) => void
  /** Milliseconds since any moment. Default `Date.now`. */
  readonly nowMs?: () => number
}

/** One of the values that `getBulk` is asked for. */
export interface CacheRequest {
  readonly key: string
  readonly times?: CacheTimes | null
  readonly load?: Loader<unknown, readonly unknown[]>
  /** What `load` is called with. */
  readonly args?: readonly unknown[]
}

/** What came of one of them. */
export interface CacheAnswer {
  readonly value: unknown
  /** Why there is no value; undefined where `load` has not failed. */
  readonly error: string | undefined
}

/** Makes the cache that a process shares between its requests: `NodeFacts.cache`. */
export function createCache(options: CacheOptions = {}): Cache {
  return new Cache(options)
}

/** The cache of a node: the host's, or one that lives as long as the facts of the node. */
export function cacheOf(node: { readonly cache?: Cache | undefined }): Cache {
  if (node.cache !== undefined) return node.cache
  let cache = caches.get(node)
  if (cache === undefined) caches.set(node, (cache = createCache()))
  return cache
}

const caches = new WeakMap<object, Cache>()

interface CacheEntry {
  readonly value: unknown
  readonly expiresAtMs: number
}

type Loader<T, Args extends readonly unknown[]> = (...args: Args) => T | PromiseLike<T>

/**
 * `kong.cache`: values that are dear to come by, kept in this process for all requests.
 *
 * Values are kept as they are, so whoever changes one changes it for everybody. Kong shares its
 * cache between the workers of a node; here each process has its own.
 *
 * @see Kong Gateway docs, PDK reference, "kong.cache"
 */
export class Cache {
  readonly #entries: Map<string, CacheEntry>
  readonly #loading: Map<string, Promise<unknown>>
  readonly #maxEntries: number
  readonly #keeps: (key: string, value: unknown) => boolean
  readonly #onInvalidate: (key: string | undefined) => void
  readonly #nowMs: () => number

  constructor({ maxEntries = 10_000, keeps, onInvalidate, nowMs = Date.now }: CacheOptions) {
    this.#entries = new Map()
    this.#loading = new Map()
    this.#maxEntries = Math.max(1, maxEntries)
    this.#keeps = keeps ?? (() => true)
    this.#onInvalidate = onInvalidate ?? (() => undefined)
    this.#nowMs = nowMs
  }

  /**
   * The value of a key; where there is none, what `load` answers, which is then kept. A promise
   * only when `load` answers one. Callers that miss while it is loading wait for the same call.
   *
   * @param load is called with the arguments that follow it; undefined: only what is kept counts
   * @throws POSTERN_PLUGIN_ARGUMENT_INVALID; POSTERN_PLUGIN_UNAVAILABLE when `load` failed, with
   *   its error as the cause. Nothing is kept then.
   */
  get<T, Args extends readonly unknown[]>(
    key: string,
    times?: CacheTimes | null,
    load?: Loader<T, Args>,
    ...args: Args
  ): T | Promise<T> | undefined {
    checkKey(key)
    checkTimes(times)
    const found = this.#find(key)
    // What is kept under a key is what its loader once answered.
    if (found !== undefined) return found.value as T
    const loading = this.#loading.get(key)
    if (loading !== undefined) return loading.catch(unavailable) as Promise<T>
    return load === undefined || load === null ? undefined : this.renew(key, times, load, ...args)
  }

  /**
   * Several values at once, each as `get` finds it, in the order in which they are asked for. One
   * that cannot be loaded does not keep the others from being found. A promise only when one of
   * them is.
   *
   * @throws POSTERN_PLUGIN_ARGUMENT_INVALID
   */
  getBulk(
    requests: readonly CacheRequest[],
  ): readonly CacheAnswer[] | Promise<readonly CacheAnswer[]> {
    const isList: boolean = Array.isArray(requests)
    if (!isList) throw pluginErrors.ARGUMENT_INVALID('bulk must be a table')
    for (const { key, times } of requests) {
      checkKey(key)
      checkTimes(times)
    }
    const answers = requests.map((request) => this.#answerOf(request))
    if (!answers.some(isThenable)) return answers as readonly CacheAnswer[]
    return Promise.all(answers.map((answer) => Promise.resolve(answer)))
  }

  /** Calls `load` whatever is kept, and keeps what it answers. Throws what `get` throws. */
  renew<T, Args extends readonly unknown[]>(
    key: string,
    times: CacheTimes | null | undefined,
    load: Loader<T, Args>,
    ...args: Args
  ): T | Promise<T> {
    checkKey(key)
    checkTimes(times)
    if (typeof load !== 'function')
      throw pluginErrors.ARGUMENT_INVALID('callback must be a function')
    const loaded = attempt(() => load(...args))
    if (isThenable(loaded)) return this.#wait(key, times, Promise.resolve(loaded))
    this.#keep(key, loaded, times)
    return loaded
  }

  /** Keeps a value that somebody has already. */
  safeSet(key: string, value: unknown, times?: CacheTimes | null): true {
    checkKey(key)
    checkTimes(times)
    this.#loading.delete(key)
    this.#keep(key, value, times)
    return true
  }

  /** What is kept under a key, without loading or using it; undefined when there is nothing. */
  probe(key: string): CacheProbe | undefined {
    checkKey(key)
    const entry = this.#entries.get(key)
    if (entry === undefined || this.#isOver(entry)) return undefined
    return { ttl: (entry.expiresAtMs - this.#nowMs()) / 1000, value: entry.value }
  }

  /** Forgets a key, here and in the processes that the host tells. */
  invalidate(key: string): void {
    this.invalidateLocal(key)
    this.#onInvalidate(key)
  }

  /** Forgets a key in this process. What is being loaded for it is not kept. */
  invalidateLocal(key: string): void {
    checkKey(key)
    this.#entries.delete(key)
    this.#loading.delete(key)
  }

  /** Forgets everything. */
  purge(): void {
    this.#entries.clear()
    this.#loading.clear()
    this.#onInvalidate(undefined)
  }

  #answerOf({ key, times, load, args = [] }: CacheRequest): CacheAnswer | Promise<CacheAnswer> {
    try {
      const value = this.get(key, times, load, ...args)
      return isThenable(value) ? Promise.resolve(value).then(found, failed) : found(value)
    } catch (error) {
      return failed(error)
    }
  }

  /** Where the key was invalidated or set in the meantime, what comes is old and not kept. */
  #wait<T>(key: string, times: CacheTimes | null | undefined, loaded: Promise<T>): Promise<T> {
    const isStillWanted = (): boolean =>
      this.#loading.get(key) === waiting && this.#loading.delete(key)
    const waiting: Promise<T> = loaded.then(
      (value) => {
        if (isStillWanted()) this.#keep(key, value, times)
        return value
      },
      (error: unknown) => {
        isStillWanted()
        throw error
      },
    )
    this.#loading.set(key, waiting)
    return waiting.catch(rethrow)
  }

  #find(key: string): CacheEntry | undefined {
    const entry = this.#entries.get(key)
    if (entry === undefined) return undefined
    this.#entries.delete(key)
    if (this.#isOver(entry)) return undefined
    // A map keeps its keys in the order in which they were set: the first is the least used.
    this.#entries.set(key, entry)
    return entry
  }

  #keep(key: string, value: unknown, times: CacheTimes | null | undefined): void {
    this.#entries.delete(key)
    if (!this.#keeps(key, value)) return
    const isNothing = value === undefined || value === null
    const seconds = (isNothing ? times?.neg_ttl : times?.ttl) ?? 0
    const expiresAtMs = seconds === 0 ? Number.POSITIVE_INFINITY : this.#nowMs() + seconds * 1000
    this.#entries.set(key, { value, expiresAtMs })
    if (this.#entries.size <= this.#maxEntries) return
    const [oldest] = this.#entries.keys()
    this.#entries.delete(oldest as string)
  }

  #isOver({ expiresAtMs }: CacheEntry): boolean {
    return expiresAtMs <= this.#nowMs()
  }
}

function checkKey(key: unknown): void {
  if (typeof key !== 'string') throw pluginErrors.ARGUMENT_INVALID('key must be a string')
}

function found(value: unknown): CacheAnswer {
  return { value, error: undefined }
}

/** A loader may end its own request. */
function failed(error: unknown): CacheAnswer {
  if (error === EXIT_SIGNAL) throw error
  return {
    value: undefined,
    error: error instanceof Error ? error.message : describeFailure(error),
  }
}

/** Kong's texts; a time that is no number would keep a value for ever. */
function checkTimes(times: CacheTimes | null | undefined): void {
  if (times === undefined || times === null) return
  if (typeof times !== 'object') throw pluginErrors.ARGUMENT_INVALID('opts must be a table')
  for (const name of ['ttl', 'neg_ttl'] as const) {
    const value: unknown = times[name]
    if (value === undefined || value === null) continue
    if (typeof value !== 'number')
      throw pluginErrors.ARGUMENT_INVALID(`opts.${name} must be a number`)
    if (!(value >= 0)) throw pluginErrors.ARGUMENT_INVALID(`opts.${name} must be >= 0`)
  }
}

function attempt<T>(work: () => T): T {
  try {
    return work()
  } catch (error) {
    return rethrow(error)
  }
}

/** A loader may end its own request; those who share the call are only told that it failed. */
function rethrow(error: unknown): never {
  if (error === EXIT_SIGNAL) throw error
  return unavailable(error)
}

function unavailable(error: unknown): never {
  const text = error instanceof Error ? error.message : describeFailure(error)
  throw pluginErrors.UNAVAILABLE(`callback threw an error: ${text}`).causedBy(error)
}
