import { formatProblem } from '../cli/format-problem.ts'
import { loadConfig } from '../config/load-config.ts'
import { hardenProcess } from '../harden-process.ts'
import { createOperatorLog } from '../operator-log.ts'
import { startSupervisor } from '../processes/supervisor.ts'
import { VERSION } from '../version.ts'
import { failWith } from './fail-with.ts'
import { list } from './list-addresses.ts'
import { stopProcess, stopSignal } from './stop-signal.ts'

/** How long requests under way may take after a signal to stop, in milliseconds. */
const GRACE_MS = 10_000

/** `postern start`: serves until SIGINT or SIGTERM. Prints one line once it does. */
export async function start({ conf }: { conf?: string }): Promise<void> {
  // Asked for before anything is started: a signal that comes early must not leave half of it.
  let isStopped = false
  const stopped = stopSignal().then(() => {
    isStopped = true
  })
  try {
    const { config, warnings } = loadConfig({ env: process.env, file: conf })
    for (const warning of warnings) process.stderr.write(`${formatProblem(warning)}\n`)
    const log = createOperatorLog(config.log_level)
    if (config.workers === 0) hardenProcess(config, log)
    const supervisor = await startSupervisor({ config, log })
    const told = supervisor.declarative?.first.warnings ?? []
    for (const warning of told) process.stderr.write(`${formatProblem(warning)}\n`)
    console.log(
      `postern ${VERSION} serves on ${list(supervisor.proxyAddresses)}; ` +
        `Admin API on ${list(supervisor.adminAddresses)}; ` +
        `status on ${list(supervisor.statusAddresses)}`,
    )
    // As nginx does, and so what programs that rotate logs send. It also keeps Node from opening its debugger.
    process.on('SIGUSR1', () => supervisor.reopenLogs())
    await stopped
    await stopProcess(() => supervisor.stop(GRACE_MS))
  } catch (error) {
    if (isStopped) process.exit(130)
    failWith(error)
  }
}
