import { pluginErrors } from './errors.ts'
import type { PluginInstance } from './plugin.ts'

/**
 * Puts plugins that are sorted by priority into the order in which access runs them, as `ordering`
 * of their instances asks. Only the plugin that carries an `ordering` moves: `before` pulls it up to
 * right before the other one, `after` holds it back until right after. Names that the configuration
 * does not have are ignored.
 *
 * @param names in the order of their priorities
 * @returns the same list when no instance asks for anything
 * @throws POSTERN_PLUGIN_ORDERING_CYCLE
 * @see Kong Gateway docs, "Dynamic plugin ordering"
 */
export function orderPlugins(
  names: readonly string[],
  instances: readonly PluginInstance[],
): readonly string[] {
  const wishes = wishesOf(new Set(names), instances)
  if (wishes === undefined) return names
  const cycle = findCycle(names, wishes)
  if (cycle !== undefined) throw pluginErrors.ORDERING_CYCLE(cycle)
  return new Sorter(names, wishes).sort()
}

/**
 * The plugins whose `ordering` goes in circles, in the order of the circle, or undefined. Plugins
 * that are not configured count as well, so that a circle cannot be closed by configuring one.
 */
export function findOrderingCycle(
  instances: readonly Pick<PluginInstance, 'name' | 'ordering'>[],
): readonly string[] | undefined {
  const named = instances.flatMap(({ name, ordering }) => [
    name,
    ...(ordering?.before?.access ?? []),
    ...(ordering?.after?.access ?? []),
  ])
  const names = new Set(named)
  const wishes = wishesOf(names, instances)
  return wishes === undefined ? undefined : findCycle([...names], wishes)
}

interface Wishes {
  /** By name: the plugins that must have run before it. */
  readonly earlier: ReadonlyMap<string, ReadonlySet<string>>
  /** Those that asked to run after others, and so wait for them. */
  readonly waiting: ReadonlySet<string>
}

function wishesOf(
  names: ReadonlySet<string>,
  instances: readonly Pick<PluginInstance, 'name' | 'ordering'>[],
): Wishes | undefined {
  const earlier = new Map<string, Set<string>>()
  const waiting = new Set<string>()
  const add = (first: string, second: string): void => {
    const known = earlier.get(second)
    if (known === undefined) earlier.set(second, new Set([first]))
    else known.add(first)
  }
  for (const { name, ordering } of instances) {
    if (!names.has(name)) continue
    for (const other of ordering?.before?.access ?? []) if (names.has(other)) add(name, other)
    for (const other of ordering?.after?.access ?? []) {
      if (!names.has(other)) continue
      add(other, name)
      waiting.add(name)
    }
  }
  return earlier.size === 0 ? undefined : { earlier, waiting }
}

/** Walks back from each plugin; one that is met again on the way closes a circle. */
function findCycle(names: readonly string[], { earlier }: Wishes): readonly string[] | undefined {
  const checked = new Set<string>()
  const visit = (name: string, path: readonly string[]): readonly string[] | undefined => {
    if (path.includes(name)) return [...path.slice(path.indexOf(name)), name].reverse()
    if (checked.has(name)) return undefined
    for (const other of earlier.get(name) ?? []) {
      const cycle = visit(other, [...path, name])
      if (cycle !== undefined) return cycle
    }
    checked.add(name)
    return undefined
  }
  for (const name of names) {
    const cycle = visit(name, [])
    if (cycle !== undefined) return cycle
  }
  return undefined
}

class Sorter {
  readonly #names: readonly string[]
  readonly #wishes: Wishes
  readonly #sorted = new Set<string>()

  constructor(names: readonly string[], wishes: Wishes) {
    this.#names = names
    this.#wishes = wishes
  }

  sort(): readonly string[] {
    for (const name of this.#names) {
      if (!this.#wishes.waiting.has(name) || this.#isReady(name)) this.#place(name)
    }
    return [...this.#sorted]
  }

  #isReady(name: string): boolean {
    const earlier = this.#wishes.earlier.get(name) ?? new Set()
    return [...earlier].every((other) => this.#sorted.has(other))
  }

  /** What must come before it first, in the order of priorities; then those that waited for it. */
  #place(name: string): void {
    if (this.#sorted.has(name)) return
    const earlier = this.#wishes.earlier.get(name)
    for (const other of this.#names) if (earlier?.has(other)) this.#place(other)
    this.#sorted.add(name)
    for (const other of this.#names) {
      const waits = this.#wishes.earlier.get(other)?.has(name) && this.#wishes.waiting.has(other)
      if (waits && this.#isReady(other)) this.#place(other)
    }
  }
}
