import { existsSync, readFileSync, realpathSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

/**
 * The folders and files that the process of functions has to read to load its program: this
 * package, what it depends on there, and the folder of the prelude. Everything else is closed to it.
 *
 * @param prelude URL of the trusted module, which may import what lies in its folder
 */
export function readablePaths(prelude: string | undefined): readonly string[] {
  const own = packageFolder(fileURLToPath(import.meta.url))
  const paths = new Set<string>([own, ...dependencyFolders(PROGRAM_DEPENDENCY, own)])
  if (prelude?.startsWith('file:') === true) {
    const file = fileURLToPath(prelude)
    for (const known of [file, existsSync(file) ? realpathSync(file) : file]) {
      const folder = path.dirname(known)
      paths.add(folder)
      // Node reads these to tell whether a file is a module.
      for (const above of ancestors(folder)) paths.add(path.join(above, 'package.json'))
    }
  }
  return [...paths]
}

/** What the program of the process imports beside this package. */
const PROGRAM_DEPENDENCY = 'ses'

function packageFolder(file: string): string {
  const found = ancestors(path.dirname(file)).find((folder) =>
    existsSync(path.join(folder, 'package.json')),
  )
  return found ?? path.dirname(file)
}

function dependencyFolders(name: string, from: string): string[] {
  const linked = ancestors(from)
    .map((folder) => path.join(folder, 'node_modules', name))
    .find((folder) => existsSync(folder))
  if (linked === undefined) return []
  const folder = realpathSync(linked)
  const { dependencies = {} } = JSON.parse(
    readFileSync(path.join(folder, 'package.json'), 'utf8'),
  ) as { readonly dependencies?: Readonly<Record<string, string>> }
  const further = Object.keys(dependencies).flatMap((other) => dependencyFolders(other, folder))
  return [linked, folder, ...further]
}

/** A folder and those it is in, nearest first. */
function ancestors(folder: string): string[] {
  const above = path.dirname(folder)
  return above === folder ? [folder] : [folder, ...ancestors(above)]
}
