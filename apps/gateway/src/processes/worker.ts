import { createGateway, type Gateway } from '../gateway.ts'
import { hardenProcess } from '../harden-process.ts'
import { createOperatorLog } from '../operator-log.ts'
import { loadPluginCatalog } from '../plugin-catalog.ts'
import { countsOf, type FromWorker, type ToWorker } from './messages.ts'
import { SILENCE_MS } from './worker-pool.ts'

// A process that serves requests: started by the supervisor, told everything over its channel.

let gateway: Gateway | undefined
/** Configurations are published in the order in which they came. */
let publishing: Promise<void> = Promise.resolve()

process.on('message', (message: ToWorker) => {
  switch (message.kind) {
    case 'start':
      publishing = start(message)
      break
    case 'publish':
      publishing = publishing.then(() => publish(message))
      break
    case 'reopen':
      gateway?.reopenLogs()
      break
    case 'exits': {
      const exits = gateway?.exits.show(message.size) ?? []
      tell({ kind: 'exits', sequence: message.sequence, exits })
      break
    }
    case 'stop':
      void stop(message.graceMs)
      break
  }
})
// The supervisor is gone, and with it the one who could replace or update this process.
process.on('disconnect', () => process.exit(0))
// The supervisor answers these for all its workers.
process.on('SIGINT', () => {})
process.on('SIGTERM', () => {})
// Sent to a whole group it reaches this process as well. Unheard it would open Node's debugger.
process.on('SIGUSR1', () => gateway?.reopenLogs())

async function start(message: Extract<ToWorker, { kind: 'start' }>): Promise<void> {
  const { config, identity, entities } = message
  try {
    const log = createOperatorLog(config.log_level)
    hardenProcess(config, log)
    const catalog = await loadPluginCatalog(config.plugins)
    gateway = createGateway({ config, identity, log, catalog })
    await gateway.publish(entities)
    await gateway.listen()
    const serving = gateway
    tellAlive(serving)
    tell({ kind: 'serving' })
    setInterval(() => tellAlive(serving), SILENCE_MS / 4)
  } catch (error) {
    const { message, code } = error as Error & { code?: string }
    tell({ kind: 'failed', code, message })
    process.disconnect()
  }
}

async function publish({
  sequence,
  entities,
}: Extract<ToWorker, { kind: 'publish' }>): Promise<void> {
  try {
    await gateway?.publish(entities)
    tell({ kind: 'published', sequence, problem: undefined })
  } catch (error) {
    tell({ kind: 'published', sequence, problem: (error as Error).message })
  }
}

async function stop(graceMs: number): Promise<void> {
  await gateway?.close(graceMs)
  process.exit(0)
}

function tellAlive(serving: Gateway): void {
  tell({ kind: 'alive', counts: countsOf(serving), metrics: serving.takeMetrics() })
}

function tell(message: FromWorker): void {
  if (process.connected) process.send?.(message)
}
