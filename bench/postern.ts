import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { type Entities, fillStore } from './fill-store.ts'
import { type StartedProcess, startProcess } from './start-process.ts'

/** How a Postern is started. */
export interface PosternOptions {
  readonly core: string
  /** The checkout that it is started from. */
  readonly root: string
  /** Keys of postern.conf. */
  readonly settings: Readonly<Record<string, string>>
  readonly entities: readonly Entities[]
  readonly tls?: { readonly cert: string; readonly key: string } | undefined
}

/** Starts the program from source with one worker, as `postern start` does. */
export async function startPostern(
  options: PosternOptions,
): Promise<StartedProcess & { readonly port: number }> {
  const { tls } = options
  const prefix = mkdtempSync(path.join(tmpdir(), 'postern-bench-'))
  let port = 0
  const settings = {
    prefix,
    workers: '1',
    log_level: 'error',
    proxy_listen: `127.0.0.1:0${tls === undefined ? '' : ' ssl'}`,
    admin_listen: 'off',
    status_listen: 'off',
    ...(tls !== undefined && { ssl_cert: tls.cert, ssl_cert_key: tls.key }),
    ...options.settings,
  }
  try {
    await fillStore(prefix, options.entities)
    const main = path.join(options.root, 'apps/gateway/src/main.ts')
    const started = await startProcess({
      core: options.core,
      command: [process.execPath, '--conditions=@postern/source', main, 'start'],
      cwd: prefix,
      env: Object.fromEntries(
        Object.entries(settings).map(([key, value]) => [`POSTERN_${key.toUpperCase()}`, value]),
      ),
      isUp: (stdout) => {
        const address = /serves on \S*?:(\d+)[,;]/.exec(stdout)
        port = Number(address?.[1])
        return address !== null
      },
    })
    return {
      port,
      pid: started.pid,
      async stop() {
        await started.stop()
        rmSync(prefix, { recursive: true, force: true })
      },
    }
  } catch (error) {
    rmSync(prefix, { recursive: true, force: true })
    throw error
  }
}
