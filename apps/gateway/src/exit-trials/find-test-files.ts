import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { trialErrors } from './errors.ts'

/** Names of files with tests of exits. */
const TEST_FILE = /\.exit-test\.(?:ts|mts|js|mjs|yaml|yml|json)$/

/** Folders that hold other people's files. */
const SKIPPED: ReadonlySet<string> = new Set(['node_modules', 'dist'])

/** Deeper folders are not looked into: a link may lead in a circle. */
const MAX_DEPTH = 32

/**
 * The files with tests at paths: a file as it is, a folder with all below it, in the order of names.
 *
 * @throws POSTERN_TRIAL_NO_TESTS
 */
export function findTestFiles(paths: readonly string[]): readonly string[] {
  const found = [...new Set(paths.flatMap((path) => (isFolder(path) ? filesIn(path, 0) : [path])))]
  if (found.length === 0) throw trialErrors.NO_TESTS(paths)
  return found
}

/** What is not there is told when it is read. */
function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true
}

function filesIn(folder: string, depth: number): string[] {
  if (depth > MAX_DEPTH) return []
  const entries = readdirSync(folder, { withFileTypes: true })
  return entries
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = join(folder, entry.name)
      if (entry.isFile()) return TEST_FILE.test(entry.name) ? [path] : []
      const isLookedInto = entry.isDirectory() && !isSkipped(entry.name)
      return isLookedInto ? filesIn(path, depth + 1) : []
    })
}

function isSkipped(name: string): boolean {
  return name.startsWith('.') || SKIPPED.has(name)
}
