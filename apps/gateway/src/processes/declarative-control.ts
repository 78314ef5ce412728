import type { DeclarativeSource, LoadedDeclarative } from '../declarative/declarative-source.ts'
import type { Publication } from './publication.ts'

/** A declarative file that is served. */
export interface DeclarativeControl {
  /** Absolute paths of the file and of the function files that it names. */
  readonly files: readonly string[]
  /** What came of it at the start. */
  readonly first: LoadedDeclarative
  /**
   * Reads the file again and serves by it. When it cannot be used nothing changes. One call at a time.
   *
   * @throws POSTERN_CONFIG_INVALID, and whatever keeps the configuration from being built
   */
  reload(): Promise<LoadedDeclarative>
}

/** @param first what came of the source at the start */
export function createDeclarativeControl(
  source: DeclarativeSource,
  first: LoadedDeclarative,
  { publish }: Pick<Publication, 'publish'>,
): DeclarativeControl {
  return {
    get files() {
      return source.files
    },
    first,
    async reload() {
      const loaded = await source.load()
      if (loaded.changes.length === 0) return loaded
      try {
        await publish()
      } catch (error) {
        // What cannot be served is not to be shown by the Admin API either.
        await source.undo()
        // Some workers may serve it all the same, and `/status` tells of it.
        await publish().catch(() => {})
        throw error
      }
      return loaded
    },
  }
}
