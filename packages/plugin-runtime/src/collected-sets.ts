import { byOrder } from './by-order.ts'
import type { CompiledPlugin } from './compiled-plugin.ts'
import { PluginSet } from './plugin-set.ts'

/** Enough for the combinations that the Consumers of one Route usually lead to. */
const MAX_KNOWN = 8

interface Known {
  readonly collected: readonly CompiledPlugin[]
  readonly set: PluginSet
}

/**
 * The sets that requests of a Route have collected where the Consumer decides. Requests that
 * collect the same share a set: to make one takes longer than to run four handlers
 * (bench/run-phase.bench.ts).
 */
export class CollectedSets {
  readonly #known: Known[] = []

  /** @param collected in the order in which access met them */
  of(collected: readonly CompiledPlugin[]): PluginSet {
    const found = this.#known.find((known) => isSame(known.collected, collected))
    if (found !== undefined) return found.set
    const set = new PluginSet()
    // `ordering` is for access alone: the phases after it go by priority.
    for (const one of collected.toSorted((a, b) => byOrder(a.plugin, b.plugin))) set.add(one)
    if (this.#known.length === MAX_KNOWN) this.#known.shift()
    this.#known.push({ collected: [...collected], set })
    return set
  }
}

function isSame(a: readonly CompiledPlugin[], b: readonly CompiledPlugin[]): boolean {
  return a.length === b.length && a.every((one, at) => one === b[at])
}
