import { readdirSync, readFileSync } from 'node:fs'
import { execFileSync } from 'node:child_process'

/** What a process and all below it have used so far. */
export interface TreeUse {
  /** User and system time, in seconds. */
  readonly cpuSeconds: number
  /** Memory that is resident now, in MiB; shared pages count in each process. */
  readonly residentMib: number
}

/** Adds up a process and its descendants, from `/proc/PID/stat`. */
export function useOfTree(pid: number): TreeUse {
  let cpuSeconds = 0
  let residentMib = 0
  for (const one of [pid, ...descendantsOf(pid)]) {
    const fields = statOf(one)
    if (fields === undefined) continue
    // Those that have ended, and were waited for, stand in their parent's third and fourth figure.
    const ticks = [11, 12, 13, 14].reduce((sum, at) => sum + Number(fields[at]), 0)
    cpuSeconds += ticks / TICKS_A_SECOND
    residentMib += (Number(fields[21]) * PAGE_BYTES) / 1024 ** 2
  }
  return { cpuSeconds, residentMib }
}

const TICKS_A_SECOND = Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }))
const PAGE_BYTES = Number(execFileSync('getconf', ['PAGESIZE'], { encoding: 'utf8' }))

function descendantsOf(pid: number): number[] {
  const children = childrenOf(pid)
  return children.flatMap((child) => [child, ...descendantsOf(child)])
}

/** A child belongs to the thread that started it. */
function childrenOf(pid: number): number[] {
  try {
    const threads = readdirSync(`/proc/${pid}/task`)
    return threads
      .flatMap((thread) => readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8').split(' '))
      .filter(Boolean)
      .map(Number)
  } catch {
    // It has ended meanwhile.
    return []
  }
}

/** The fields behind the name, which may hold spaces itself: the first is the state. */
function statOf(pid: number): string[] | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return text.slice(text.lastIndexOf(')') + 2).split(' ')
  } catch {
    return undefined
  }
}
