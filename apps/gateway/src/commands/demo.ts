import { tmpdir } from 'node:os'
import path from 'node:path'
import { createMemoryStore } from '@postern/store'
import { loadConfig } from '../config/load-config.ts'
import { type EchoUpstream, startEchoUpstream } from '../echo-upstream.ts'
import { hardenProcess } from '../harden-process.ts'
import { createOperatorLog } from '../operator-log.ts'
import { type Supervisor, startSupervisor } from '../processes/supervisor.ts'
import { failWith } from './fail-with.ts'
import { stopProcess, stopSignal } from './stop-signal.ts'

/** `postern demo`: a gateway, an upstream and a Route with key-auth and a function. Writes no file. */
export async function demo(options: { proxyPort: number; adminPort: number }): Promise<void> {
  try {
    const stopped = stopSignal()
    const { config } = loadConfig({
      env: {},
      // A postern.conf of the current folder is not about the demonstration.
      folder: path.join(tmpdir(), `postern-demo-${process.pid}`),
      overrides: {
        proxy_listen: `127.0.0.1:${options.proxyPort}`,
        admin_listen: `127.0.0.1:${options.adminPort}`,
        status_listen: 'off',
        workers: '0',
        log_level: 'warn',
        proxy_access_log: 'off',
        admin_access_log: 'off',
      },
    })
    const log = createOperatorLog(config.log_level)
    hardenProcess(config, log)
    const upstream = await startEchoUpstream()
    const supervisor = await startSupervisor({
      config,
      log,
      openStore: (entities) => createMemoryStore({ entities }),
    })
    await configure(supervisor, upstream)
    console.log(instructions(supervisor))
    await stopped
    await stopProcess(async () => {
      await supervisor.stop(0)
      await upstream.close()
    })
  } catch (error) {
    failWith(error)
  }
}

/** The function of the demonstration: every answer of the gateway gets the same shape. */
export const DEMO_FUNCTION = `(status, body, headers, exit) => [
  status,
  { error: true, status, reason: exit.reason, message: body.message + ', arr!' },
  { ...headers, 'X-Some-Header': 'some value' },
]`

async function configure(supervisor: Supervisor, upstream: EchoUpstream): Promise<void> {
  const create = async (path: string, entity: unknown): Promise<void> => {
    const request = new Request(`http://127.0.0.1${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(entity),
    })
    const answer = await supervisor.admin.fetch(request)
    if (answer.status !== 201) throw new Error(`${path}: ${await answer.text()}`)
  }
  await create('/services', { name: 'echo', url: `http://127.0.0.1:${upstream.port}` })
  await create('/services/echo/routes', { name: 'hello', paths: ['/hello'] })
  await create('/services/echo/plugins', { name: 'key-auth' })
  await create('/plugins', {
    name: 'exit-transformer',
    config: { functions: [DEMO_FUNCTION], handle_unknown: true },
  })
  await create('/consumers', { username: 'ann' })
  await create('/consumers/ann/key-auth', { key: 'secret' })
}

function instructions(supervisor: Supervisor): string {
  const proxy = supervisor.proxyAddresses[0]
  return `Postern runs. In another terminal:

  curl -i ${proxy}/hello
      401 from key-auth, in the shape that a JavaScript function gives it
  curl -i ${proxy}/hello -H 'apikey: secret'
      200 from the echo upstream, with the headers it received
  curl -i ${proxy}/nowhere
      404: no Route, the same function
  curl ${supervisor.adminAddresses[0]}/plugins
      the Admin API, as Kong's

Ctrl-C ends it; nothing was written to disk.`
}
