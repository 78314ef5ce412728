import { existsSync, fstatSync } from 'node:fs'
import path from 'node:path'
import type { Log } from '@postern/plugin-runtime'
import type { GatewayConfig } from '../config/gateway-config.ts'
import { makeFolder } from '../make-folder.ts'
import { accessLogErrors } from './errors.ts'
import { LineWriter } from './line-writer.ts'

/** Files that every process has open from its start. */
const OPEN_FILES = new Map([
  ['/dev/stdout', 1],
  ['/dev/stderr', 2],
])

/** POSIX: writes to a pipe of up to so many bytes are not mixed with those of other processes. */
const PIPE_BUF = 4096

/**
 * Opens the access log that a setting names; undefined where it is `off`. A relative path begins at
 * `prefix`, as in Kong.
 *
 * @throws POSTERN_ACCESS_LOG_UNUSABLE, POSTERN_ACCESS_LOG_NOT_A_FILE
 */
export function openAccessLog(
  key: 'proxy_access_log' | 'admin_access_log' | 'status_access_log',
  config: GatewayConfig,
  log: Log,
): LineWriter | undefined {
  const value = config[key]
  if (value === 'off') return undefined
  // nginx has a format or `syslog:` there.
  if (/\s|^syslog:/.test(value)) throw accessLogErrors.NOT_A_FILE(key, value)
  const target = OPEN_FILES.get(value) ?? path.resolve(config.prefix, value)
  try {
    if (typeof target === 'string' && !existsSync(path.dirname(target))) {
      makeFolder(path.dirname(target))
    }
    const isShared = typeof target === 'number' && !fstatSync(target).isFile()
    return new LineWriter({
      target,
      ...(isShared && { maxWriteBytes: PIPE_BUF }),
      onTrouble: (problem) => log.err(`lines of ${key} are lost: ${problem}`),
      onRecovery: (lines) => log.notice(`${key} is written again; ${lines} lines were lost`),
    })
  } catch (error) {
    throw accessLogErrors.UNUSABLE(key, value, (error as Error).message).causedBy(error)
  }
}
