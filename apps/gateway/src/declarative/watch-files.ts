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
export function watchFiles({ onChange, onProblem }: FileWatchListener): FileWatch {
  const watchers = new Map<string, FSWatcher>()
  /** How each file was when it was looked at last. */
  let seen: ReadonlyMap<string, string> = new Map()
  let timer: NodeJS.Timeout | undefined

  return {
    follow(files) {
      seen = new Map(files.map((file) => [file, seen.get(file) ?? stateOf(file)]))
      refresh()
    },
    close() {
      clearTimeout(timer)
      seen = new Map()
      for (const watcher of watchers.values()) watcher.close()
    },
  }

  function refresh(): void {
    const folders = new Set([...seen.keys()].flatMap(foldersOf))
    for (const [folder, watcher] of watchers) {
      if (folders.has(folder)) continue
      watcher.close()
      watchers.delete(folder)
    }
    for (const folder of folders) if (!watchers.has(folder)) watchFolder(folder)
  }

  function watchFolder(folder: string): void {
    try {
      const watcher = watch(folder, look)
      // A folder that is removed ends its watch; the one above it is watched then.
      watcher.on('error', look)
      watchers.set(folder, watcher)
    } catch (error) {
      onProblem(folder, error)
    }
  }

  function look(): void {
    clearTimeout(timer)
    timer = setTimeout(() => {
      refresh()
      const now = new Map([...seen.keys()].map((file) => [file, stateOf(file)] as const))
      const hasChanged = [...now].some(([file, state]) => seen.get(file) !== state)
      // Before it is read: what changes while it is read is another change.
      seen = now
      if (hasChanged) onChange()
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
