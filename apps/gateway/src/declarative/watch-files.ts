import { type BigIntStats, existsSync, type FSWatcher, statSync, watch } from 'node:fs'
import path from 'node:path'

/** Files that are watched. */
export interface FileWatch {
  /** Watches these from now on. Those that were watched before are compared with how they were then. */
  follow(files: readonly string[]): void
  close(): void
}

/** What a watch tells. */
export interface FileWatchListener {
  /** One of the files has changed, has come or is gone. */
  onChange(): void
  /** A folder cannot be watched: the system has a limit of watches, for one. */
  onProblem(folder: string, error: unknown): void
}

/** How long files have to be quiet before a change is told, in milliseconds: editors write twice. */
const QUIET_MS = 50

/**
 * Tells when one of some files has changed, has come or is gone.
 *
 * Folders are watched and not files: an editor that writes a new file in the place of the old one
 * would leave a watch on a file that is no more. Whatever happens in a folder only leads to a look
 * at the files, through symbolic links as well, which is how a Kubernetes volume is changed.
 */
export function watchFiles(listener: FileWatchListener): FileWatch {
  return new FolderWatch(listener)
}

class FolderWatch implements FileWatch {
  readonly #listener: FileWatchListener
  readonly #watchers = new Map<string, FSWatcher>()
  /** How each file was when it was looked at last. */
  #seen: ReadonlyMap<string, string> = new Map()
  #timer: NodeJS.Timeout | undefined

  constructor(listener: FileWatchListener) {
    this.#listener = listener
  }

  follow(files: readonly string[]): void {
    this.#seen = new Map(files.map((file) => [file, this.#seen.get(file) ?? stateOf(file)]))
    this.#refresh()
  }

  close(): void {
    clearTimeout(this.#timer)
    this.#seen = new Map()
    for (const watcher of this.#watchers.values()) watcher.close()
  }

  #refresh(): void {
    const folders = new Set([...this.#seen.keys()].flatMap(foldersOf))
    for (const [folder, watcher] of this.#watchers) {
      if (folders.has(folder)) continue
      watcher.close()
      this.#watchers.delete(folder)
    }
    for (const folder of folders) if (!this.#watchers.has(folder)) this.#watchFolder(folder)
  }

  #watchFolder(folder: string): void {
    const look = (): void => this.#look()
    try {
      const watcher = watch(folder, look)
      // A folder that is removed ends its watch; the one above it is watched then.
      watcher.on('error', look)
      this.#watchers.set(folder, watcher)
    } catch (error) {
      this.#listener.onProblem(folder, error)
    }
  }

  #look(): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => {
      this.#refresh()
      const now = new Map([...this.#seen.keys()].map((file) => [file, stateOf(file)] as const))
      const hasChanged = [...now].some(([file, state]) => this.#seen.get(file) !== state)
      // Before it is read: what changes while it is read is another change.
      this.#seen = now
      if (hasChanged) this.#listener.onChange()
    }, QUIET_MS)
  }
}

/** The folder of a file and the one around it, which tells when the folder itself is replaced. */
function foldersOf(file: string): readonly string[] {
  let folder = path.dirname(file)
  while (!existsSync(folder)) folder = path.dirname(folder)
  return [folder, path.dirname(folder)]
}

/** Another one when the file has been written, replaced, removed or made. */
function stateOf(file: string): string {
  try {
    const stats: BigIntStats | undefined = statSync(file, { bigint: true, throwIfNoEntry: false })
    return stats === undefined ? 'none' : `${stats.ino} ${stats.size} ${stats.mtimeNs}`
  } catch (error) {
    return String((error as NodeJS.ErrnoException).code)
  }
}
