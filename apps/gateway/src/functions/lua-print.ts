import type { Log } from '@postern/plugin-runtime'
import type { CallsInProcess } from './calls-in-process.ts'

/** A call that tells whose lines it prints. */
interface NamedCall {
  /** As the function was compiled with it: `exit-transformer[1]`. */
  readonly name: string
}

/** Writes what Lua prints to the log, a line each with its function, as those of JavaScript's console. */
export function printTo(log: Log, calls: CallsInProcess<NamedCall>): (text: string) => void {
  return (text) => {
    const line = text.replace(/\n$/, '')
    const name = calls.current?.name
    log.notice(name === undefined ? line : `[${name}] ${line}`)
  }
}
