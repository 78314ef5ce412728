/**
 * Waits for SIGINT or SIGTERM, stops, and ends the process. A second signal does not wait for
 * requests that are under way.
 */
export async function untilStopped(
  stop: (graceMs: number) => Promise<void>,
  graceMs: number,
): Promise<never> {
  await signal()
  void signal().then(() => process.exit(130))
  await stop(graceMs)
  process.exit(0)
}

function signal(): Promise<void> {
  return new Promise((resolve) => {
    const heard = (): void => {
      process.off('SIGINT', heard)
      process.off('SIGTERM', heard)
      resolve()
    }
    process.on('SIGINT', heard)
    process.on('SIGTERM', heard)
  })
}
