// Kept: `process` is taken away from functions that got out of their sandbox.
const kill = process.kill.bind(process)
const exit = process.exit.bind(process)

let kin: readonly number[] = []

/** Remembers the other processes of the same gateway. */
export function setKin(pids: readonly number[]): void {
  kin = pids
}

/**
 * Ends this process because the gateway is gone, and the others with it: one of them may be in a
 * loop and never see its end of the socket close.
 */
export function endKin(): never {
  for (const pid of kin) {
    try {
      kill(pid, 'SIGKILL')
    } catch {
      // It has gone by itself.
    }
  }
  return exit(0)
}
