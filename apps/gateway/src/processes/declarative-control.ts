import type { DeclarativeSource, LoadedDeclarative } from '../declarative/declarative-source.ts'
import type { TrialPool } from '../exit-trials/trial-pool.ts'
import type { Publication } from './publication.ts'

/** A declarative file that is served. */
export interface DeclarativeControl {
  /** Absolute paths of the file, of the function files that it names, and of the modules of functions. */
  readonly files: readonly string[]
  /** What came of it at the start. */
  readonly first: LoadedDeclarative
  /**
   * Reads the file again and serves by it, with the modules of functions where `workers` is 0: other
   * workers have read theirs at their start. When it cannot be used nothing changes. One call at a time.
   *
   * @throws POSTERN_CONFIG_INVALID, and whatever keeps the configuration from being built
   */
  reload(): Promise<LoadedDeclarative>
}

/** What a declarative file is served by. */
export interface DeclarativeControlParts {
  readonly publication: Pick<Publication, 'publish'>
  readonly trials: Pick<TrialPool, 'renew'>
}

/** @param first what came of the source at the start */
export function createDeclarativeControl(
  source: DeclarativeSource,
  first: LoadedDeclarative,
  { publication: { publish }, trials }: DeclarativeControlParts,
): DeclarativeControl {
  return {
    get files() {
      return source.files
    },
    first,
    async reload() {
      const loaded = await source.load()
      if (loaded.changes.length + loaded.changedModules.length === 0) return loaded
      try {
        await publish()
      } catch (error) {
        // What cannot be served is not to be shown by the Admin API either.
        await source.undo()
        // Some workers may serve it all the same, and `/status` tells of it.
        await publish().catch(() => {})
        throw error
      }
      if (loaded.changedModules.length > 0) trials.renew()
      return loaded
    },
  }
}
