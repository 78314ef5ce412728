import { spawnSync } from 'node:child_process'
import { cpus, loadavg, release } from 'node:os'
import { inPath } from './in-path.ts'

/** Where and with what a run was made. */
export interface Machine {
  readonly text: string
  readonly atIso: string
  readonly versions: Readonly<Record<string, string>>
  /** Processes that waited for a core in the minute before the run. */
  readonly load1: number
}

export function describeMachine(): Machine {
  const versions = {
    node: process.version,
    nginx: versionOf('nginx', '-v'),
    wrk: versionOf('wrk', '-v'),
    ...(inPath('haproxy') !== undefined && { haproxy: versionOf('haproxy', '-v') }),
    commit: versionOf('git', 'rev-parse', '--short', 'HEAD'),
  }
  const [load1 = 0] = loadavg()
  const atIso = new Date().toISOString()
  const machine = `${cpus().length} x ${cpus()[0]?.model ?? 'unknown'}, Linux ${release()}`
  const list = Object.entries(versions).map(([name, version]) => `${name} ${version}`)
  const text = `${machine}; ${list.join(', ')}; ${atIso}, load average ${load1.toFixed(2)}`
  return { text, atIso, versions, load1 }
}

/** Programs tell their version on either stream; wrk ends with 1 after it. */
function versionOf(command: string, ...args: string[]): string {
  const { stdout, stderr, error } = spawnSync(command, args, { encoding: 'utf8' })
  if (error !== undefined) throw new Error(`${command} is needed and not there`, { cause: error })
  const line = `${stdout}${stderr}`.split('\n')[0] ?? ''
  return /\d+\.\d+\.\d+/.exec(line)?.[0] ?? line.trim().split(' [')[0] ?? ''
}
