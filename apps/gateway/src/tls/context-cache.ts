import type { SecureContext } from 'node:tls'

/** Contexts of one generation: a plugin may make certificates without end. */
const MAX_CONTEXTS = 1000

/**
 * Contexts that have been made ready, by all that they are made of: reading a key costs more than the
 * rest of a publication, and connections are shared by requests with the same context.
 */
export class ContextCache {
  #before = new Map<string, SecureContext>()
  #used = new Map<string, SecureContext>()

  /** What nobody has asked for since the last turn is let go. */
  turn(): void {
    this.#before = this.#used
    this.#used = new Map()
  }

  get(key: string, create: () => SecureContext): SecureContext {
    const known = this.#used.get(key)
    if (known !== undefined) return known
    if (this.#used.size >= MAX_CONTEXTS) this.turn()
    const context = this.#before.get(key) ?? create()
    this.#used.set(key, context)
    return context
  }
}
