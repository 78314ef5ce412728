import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import {
  freePort,
  isListening,
  type ProcessOptions,
  type StartedProcess,
  startProcess,
} from './start-process.ts'

/** A proxy that listens. */
export type StartedProxy = StartedProcess & { readonly port: number }

/**
 * Starts a proxy with a folder of its own, which goes with it, and resolves when it listens.
 *
 * @param prepare writes its files and answers how it is started
 */
export async function startProxy(
  core: string,
  prepare: (port: number, folder: string) => Pick<ProcessOptions, 'command' | 'env'>,
): Promise<StartedProxy> {
  const folder = mkdtempSync(path.join(tmpdir(), 'postern-bench-'))
  const port = await freePort()
  const started = await startProcess({
    core,
    ...prepare(port, folder),
    isUp: () => isListening(port),
  })
  return {
    port,
    pid: started.pid,
    async stop() {
      await started.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
