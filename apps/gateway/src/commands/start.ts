import { formatProblem } from '../cli/format-problem.ts'
import { loadConfig } from '../config/load-config.ts'
import { lockDown } from '../lock-down.ts'
import { createOperatorLog } from '../operator-log.ts'
import { startSupervisor } from '../processes/supervisor.ts'
import { VERSION } from '../version.ts'
import { failWith } from './fail-with.ts'
import { untilStopped } from './until-stopped.ts'

/** How long requests under way may take after a signal to stop, in milliseconds. */
const GRACE_MS = 10_000

/** `postern start`: serves until SIGINT or SIGTERM. Prints one line once it does. */
export async function start({ conf }: { conf?: string }): Promise<void> {
  try {
    const { config, warnings } = loadConfig({ env: process.env, file: conf })
    for (const warning of warnings) process.stderr.write(`${formatProblem(warning)}\n`)
    const log = createOperatorLog(config.log_level)
    if (config.lockdown && config.workers === 0) lockDown()
    const supervisor = await startSupervisor({ config, log })
    console.log(
      `postern ${VERSION} serves on ${list(supervisor.proxyAddresses)}; ` +
        `Admin API on ${list(supervisor.adminAddresses)}; ` +
        `status on ${list(supervisor.statusAddresses)}`,
    )
    await untilStopped((graceMs) => supervisor.stop(graceMs), GRACE_MS)
  } catch (error) {
    failWith(error)
  }
}

function list(addresses: readonly string[]): string {
  return addresses.length === 0 ? 'no address' : addresses.join(', ')
}
