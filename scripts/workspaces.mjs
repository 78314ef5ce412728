import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** The folder of the repository. */
export const ROOT = join(import.meta.dirname, '..')

/** Each package and program: its folder (relative), its folder's name, its package.json. */
export function workspaces() {
  return ['packages', 'apps'].flatMap((group) =>
    readdirSync(join(ROOT, group))
      .map((folder) => ({ group, folder, path: join(group, folder) }))
      .filter(({ path }) => existsSync(join(ROOT, path, 'package.json')))
      .map((one) => ({ ...one, manifest: readJson(join(one.path, 'package.json')) })),
  )
}

/** A JSON file of the repository. */
export function readJson(path) {
  return JSON.parse(readFileSync(join(ROOT, path), 'utf8'))
}

/** Prints the problems of a check and a line of totals; sets the exit code. */
export function conclude(check, problems, done) {
  for (const problem of problems) console.log(`  ${problem}`)
  console.log(`${check}: ${problems.length === 0 ? 'ok' : `${problems.length} wrong`} (${done})`)
  process.exitCode = problems.length === 0 ? 0 : 1
}
