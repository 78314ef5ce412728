import { setFlagsFromString } from 'node:v8'
import type { GatewayConfig } from './config/gateway-config.ts'
import { lockDown } from './lock-down.ts'

/**
 * Makes a process that serves requests ready for other people's text and code.
 *
 * A regular expression of a Route that backtracks without end is handed to V8's linear engine, which
 * is said to be experimental: without it one request could hold a worker for hours.
 */
export function hardenProcess(config: Pick<GatewayConfig, 'lockdown'>): void {
  setFlagsFromString('--enable-experimental-regexp-engine-on-excessive-backtracks')
  if (config.lockdown) lockDown()
}
