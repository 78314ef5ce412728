import {
  configurePlugins,
  type NodeFacts,
  type Plugin,
  type PluginInstance,
  startPlugins,
} from '@postern/plugin-runtime'
import { type LogLine, logInto } from './log-lines.ts'

/** What came of the start of a process. */
export interface StartResult {
  /** The plugins whose `init_worker` failed. */
  readonly failed: readonly string[]
  readonly logs: readonly LogLine[]
}

/** What is started: the plugins of a test, and the configuration that is then published. */
export interface StartOptions {
  readonly plugins: readonly Plugin[]
  readonly instances: readonly PluginInstance[]
  readonly node: NodeFacts
  /** Milliseconds each handler may take. */
  readonly timeoutMs: number | undefined
}

/** Runs `init_worker`, and `configure` with the configurations, as a process does when it starts. */
export async function startAll(options: StartOptions): Promise<StartResult> {
  const { plugins, instances, node, timeoutMs } = options
  const logs: LogLine[] = []
  const host = { node, log: logInto(logs), ...(timeoutMs !== undefined && { timeoutMs }) }
  const failed = await startPlugins(plugins, host)
  await configurePlugins(plugins, instances, host)
  return { failed, logs }
}
