import { spawn } from 'node:child_process'
import { type FSWatcher, statSync, watch } from 'node:fs'
import { dirname } from 'node:path'
import type { TestOptions } from './test.ts'
import { stopSignal } from './stop-signal.ts'

/** How long files have to be quiet before the tests run again, in milliseconds: editors write twice. */
const QUIET_MS = 100

/**
 * `postern test --watch`: runs the tests in a process of their own, again after each change of a
 * file below the paths, until it is told to stop. Modules are read anew that way.
 */
export async function watchTests(paths: readonly string[], options: TestOptions): Promise<void> {
  const stopped = stopSignal()
  const run = createRunner(paths, options)
  const watchers = foldersOf(paths).map((folder) => watchFolder(folder, run))
  run()
  await stopped
  for (const watcher of watchers) watcher.close()
  process.exit(0)
}

/** One run at a time; changes during a run lead to one more. */
function createRunner(paths: readonly string[], { conf, json }: TestOptions): () => void {
  const args = [
    ...process.execArgv,
    process.argv[1] as string,
    'test',
    ...(conf === undefined ? [] : ['--conf', conf]),
    ...(json === true ? ['--json'] : []),
    '--',
    ...paths,
  ]
  let isRunning = false
  let isAskedAgain = false
  return function run(): void {
    if (isRunning) {
      isAskedAgain = true
      return
    }
    isRunning = true
    spawn(process.execPath, args, { stdio: 'inherit' }).once('close', () => {
      isRunning = false
      const again = isAskedAgain
      isAskedAgain = false
      if (again) run()
      else process.stderr.write('waiting for a change\n')
    })
  }
}

function watchFolder(folder: string, run: () => void): FSWatcher {
  let timer: NodeJS.Timeout | undefined
  return watch(folder, { recursive: true }, (_event, name) => {
    if (name === null || /(?:^|[\\/])(?:node_modules|\.[^\\/]+)(?:[\\/]|$)/.test(name)) return
    clearTimeout(timer)
    timer = setTimeout(run, QUIET_MS)
  })
}

function foldersOf(paths: readonly string[]): readonly string[] {
  const folders = paths.map((path) => {
    return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true ? path : dirname(path)
  })
  return [...new Set(folders)]
}
