import { NO_REQUEST } from './handshake-facts.ts'
import { byOrder } from './by-order.ts'
import { describeFailure } from './describe-failure.ts'
import { pluginErrors } from './errors.ts'
import type { Log } from './log.ts'
import type { NodeFacts } from './node-facts.ts'
import { createPhaseContext } from './phase-context.ts'
import type { Handled, Plugin, PluginInstance } from './plugin.ts'
import { PluginChains } from './plugin-chains.ts'
import { withDeadline } from './with-deadline.ts'

/** What the handlers that belong to no request need of a host. */
export interface WorkerHost {
  readonly node: NodeFacts
  readonly log: Log
  /** How long each handler may take, in milliseconds. Default 60000; 0 waits for ever. */
  readonly timeoutMs?: number
}

/**
 * Runs the `init_worker` handlers of plugins, in their order, once when a process has started.
 * Never throws: a failure is logged. Answers the names of those that failed, so that a host can
 * warn of them, as Kong does at every request.
 */
export async function startPlugins(
  plugins: Iterable<Plugin>,
  host: WorkerHost,
): Promise<readonly string[]> {
  const failed: string[] = []
  for (const plugin of [...plugins].sort(byOrder)) {
    if (plugin.init_worker === undefined) continue
    const chains = new PluginChains([])
    const ctx = createPhaseContext({ request: NO_REQUEST, chains, ...host })
    ctx.phase = 'init_worker'
    const problem = await outcomeOf(host, plugin, 'init_worker', () =>
      plugin.init_worker?.(ctx.kong),
    )
    if (problem === undefined) continue
    host.log.err(`[${plugin.name}] init_worker failed: ${problem}`)
    failed.push(plugin.name)
  }
  return failed
}

/**
 * Runs the `configure` handlers of plugins, in their order, each time a configuration has been
 * published. Never throws: a failure is logged with Kong's text.
 */
export async function configurePlugins(
  plugins: Iterable<Plugin>,
  instances: readonly PluginInstance[],
  host: WorkerHost,
): Promise<void> {
  for (const plugin of [...plugins].sort(byOrder)) {
    if (plugin.configure === undefined) continue
    const configs = instances
      .filter(({ name, enabled }) => enabled && name === plugin.name)
      .map(({ config }) => config)
    const problem = await outcomeOf(host, plugin, 'configure', () =>
      plugin.configure?.(configs.length === 0 ? undefined : configs),
    )
    if (problem === undefined) continue
    host.log.err(`failed to execute plugin '${plugin.name}:configure (${problem})`)
  }
}

/** What went wrong; undefined for nothing. */
async function outcomeOf(
  { timeoutMs = 60_000 }: WorkerHost,
  { name }: Plugin,
  phase: string,
  run: () => Handled,
): Promise<string | undefined> {
  try {
    const late = (): Error => pluginErrors.TIMEOUT(name, phase, timeoutMs)
    await withDeadline(Promise.resolve(run()), timeoutMs, late)
    return undefined
  } catch (error) {
    return describeFailure(error)
  }
}
