import type { Plugin, PluginInstance } from '@postern/plugin-runtime'

interface Kept {
  /** The instance as text: what was prepared holds for this very configuration. */
  readonly text: string
  readonly edition: unknown
  /** The object that it was prepared for. */
  readonly about: PluginInstance
  readonly prepared: unknown
}

/**
 * What plugins have prepared, kept from one Snapshot to the next.
 *
 * A change of one Route would otherwise compile every function again, in a process that serves
 * requests, and a function would forget what it keeps between calls.
 */
export class PreparedMemory {
  readonly #edition: () => unknown
  #kept: ReadonlyMap<string, Kept> = new Map()

  /** @param edition answers another value when nothing of what was prepared before is to be kept */
  constructor(edition: () => unknown = () => undefined) {
    this.#edition = edition
  }

  /** Lets `build` have plugins that remember, and keeps what it used unless it fails. */
  during<T>(
    plugins: ReadonlyMap<string, Plugin>,
    build: (plugins: ReadonlyMap<string, Plugin>) => T,
  ): T {
    const used = new Map<string, Kept>()
    const edition = this.#edition()
    const remembering = new Map<string, Plugin>()
    for (const [name, plugin] of plugins) {
      remembering.set(name, this.#remember(plugin, used, edition))
    }
    const built = build(remembering)
    this.#kept = used
    return built
  }

  /** What the plugin of a configuration has prepared; undefined where it has nothing of the kind. */
  preparedFor(instanceId: string): unknown {
    return this.#kept.get(instanceId)?.prepared
  }

  /**
   * Whether what was prepared for this very object is what requests meet, and not what an earlier
   * configuration of the same id had, or one that failed.
   */
  isInUse(about: unknown): about is PluginInstance {
    if (typeof about !== 'object' || about === null || !('id' in about)) return false
    return this.#kept.get(String(about.id))?.about === about
  }

  #remember(plugin: Plugin, used: Map<string, Kept>, edition: unknown): Plugin {
    if (plugin.prepare === undefined) return plugin
    const prepare = (config: unknown, about: PluginInstance): unknown => {
      const text = JSON.stringify(about)
      const before = this.#kept.get(about.id)
      const isSame = before?.text === text && before.edition === edition
      const kept = isSame
        ? before
        : { text, edition, about, prepared: plugin.prepare?.(config, about) }
      used.set(about.id, kept)
      return kept.prepared
    }
    // Handlers may stand on a prototype, so the plugin is inherited from and not copied.
    return Object.create(plugin, { prepare: { value: prepare } }) as Plugin
  }
}
