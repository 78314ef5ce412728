import { readFileSync } from 'node:fs'

const PAGE_BYTES = 4_096

/**
 * Tells how much memory a process holds, in bytes, or undefined where the system does not say it
 * in /proc. Takes about 20 us, so it is asked only of calls that run for long.
 */
export function residentMemory(pid: number | undefined): number | undefined {
  try {
    const pages = readFileSync(`/proc/${pid}/statm`, 'latin1').split(' ')[1]
    return Number(pages) * PAGE_BYTES
  } catch {
    // No /proc, or no such process any more.
    return undefined
  }
}
