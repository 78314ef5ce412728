import type { CompiledPlugin } from './compiled-plugin.ts'
import type { ChainEntry } from './plugin-chains.ts'

/** The configuration of a plugin that applies now, given the Consumer known so far. */
export function applicable(
  entry: ChainEntry,
  consumer: { readonly id: string } | undefined,
): CompiledPlugin | undefined {
  if (consumer === undefined) return entry.base
  for (const instances of entry.byConsumer) {
    const found = instances.get(consumer.id)
    if (found !== undefined) return found
  }
  return entry.base
}
