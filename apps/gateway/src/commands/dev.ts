import { existsSync } from 'node:fs'
import path from 'node:path'
import { formatProblem } from '../cli/format-problem.ts'
import { ConfigError } from '../config/config-error.ts'
import { loadConfig } from '../config/load-config.ts'
import type { Problem } from '../config/problem.ts'
import { describeLoad } from '../declarative/describe-load.ts'
import { shownPath } from '../cli/shown-path.ts'
import { type FileWatch, watchFiles } from '../declarative/watch-files.ts'
import { hardenProcess } from '../harden-process.ts'
import { createOperatorLog } from '../operator-log.ts'
import type { DeclarativeControl } from '../processes/declarative-control.ts'
import { startSupervisor, type Supervisor } from '../processes/supervisor.ts'
import { VERSION } from '../version.ts'
import { failWith } from './fail-with.ts'
import { list } from './list-addresses.ts'
import { stopProcess, stopSignal } from './stop-signal.ts'

/** Requests under way at a Ctrl-C may take this long, in milliseconds. */
const GRACE_MS = 1000

/**
 * `postern dev`: serves from a declarative file, and again after each change of it, of a function file
 * that it names, or of a module of functions. One that is broken is told about, and what was served
 * before goes on.
 */
export async function dev(
  file: string | undefined,
  { conf }: { readonly conf?: string },
): Promise<void> {
  try {
    const stopped = stopSignal()
    const { config, warnings } = loadConfig({
      env: process.env,
      file: conf,
      defaults: { proxy_access_log: 'off', admin_access_log: 'off' },
      overrides: {
        database: 'off',
        declarative_config: path.resolve(file ?? defaultFile()),
        workers: '0',
      },
    })
    tell(warnings)
    const log = createOperatorLog(config.log_level, { isReadable: true })
    hardenProcess(config, log)
    const supervisor = await startSupervisor({ config, log })
    const watch = await followFiles(supervisor)
    await stopped
    watch.close()
    await stopProcess(() => supervisor.stop(GRACE_MS))
  } catch (error) {
    failWith(error)
  }
}

/** Tells what is served, and serves it again after each change of its files. */
async function followFiles(supervisor: Supervisor): Promise<FileWatch> {
  const control = supervisor.declarative as DeclarativeControl
  tell(control.first.warnings)
  const name = shownPath(control.files[0] as string)
  const watch = watchFiles({
    onChange: createReloader(name, control, () => watch.follow(control.files)),
    onProblem: (folder, error) =>
      process.stderr.write(`${folder} cannot be watched: ${String(error)}\n`),
  })
  watch.follow(control.files)
  // What has changed between the start and now, nobody has told.
  await control.reload().catch(() => undefined)
  console.log(
    `postern ${VERSION} serves on ${list(supervisor.proxyAddresses)}; ` +
      `Admin API on ${list(supervisor.adminAddresses)}; ` +
      `status on ${list(supervisor.statusAddresses)}`,
  )
  console.log(`${name}: ${describeLoad(control.first)}; watching, Ctrl-C ends it`)
  return watch
}

/** The names that are looked for in the current folder, in this order. */
const NAMES = ['kong.yml', 'kong.yaml', 'kong.json']

function defaultFile(): string {
  return NAMES.find((name) => existsSync(name)) ?? 'kong.yml'
}

/** One load at a time; changes during a load lead to one more. */
function createReloader(name: string, control: DeclarativeControl, follow: () => void): () => void {
  let isLoading = false
  let isAskedAgain = false
  return function reload(): void {
    if (isLoading) {
      isAskedAgain = true
      return
    }
    isLoading = true
    void loadOnce(name, control).then(() => {
      isLoading = false
      // Before the next look: a file that is named now may have changed since it was read.
      follow()
      if (isAskedAgain) {
        isAskedAgain = false
        reload()
      }
    })
  }
}

async function loadOnce(name: string, control: DeclarativeControl): Promise<void> {
  try {
    const loaded = await control.reload()
    tell(loaded.warnings)
    console.log(`${name}: ${describeLoad(loaded)}`)
  } catch (error) {
    if (error instanceof ConfigError) tell(error.problems)
    else process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
    process.stderr.write(`${name}: not taken; what was served before goes on\n`)
  }
}

function tell(problems: readonly Problem[]): void {
  for (const problem of problems) process.stderr.write(`${formatProblem(problem)}\n`)
}
