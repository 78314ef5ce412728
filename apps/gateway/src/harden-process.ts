import { setFlagsFromString } from 'node:v8'
import type { GatewayConfig } from './config/gateway-config.ts'
import { textOf } from './kong-log.ts'
import { lockDown } from './lock-down.ts'
import type { OperatorLog } from './operator-log.ts'

/**
 * Makes a process that serves requests ready for other people's text and code.
 *
 * A regular expression of a Route that backtracks without end is handed to V8's linear engine, which
 * is said to be experimental: without it one request could hold a worker for hours.
 *
 * A promise that a plugin has made and nobody waits for may fail without ending the process.
 */
export function hardenProcess(config: Pick<GatewayConfig, 'lockdown'>, log: OperatorLog): void {
  process.on('unhandledRejection', (reason) => {
    log.error({ problem: textOf(reason) }, 'a promise failed that nobody waited for')
  })
  setFlagsFromString('--enable-experimental-regexp-engine-on-excessive-backtracks')
  if (config.lockdown) lockDown()
}
