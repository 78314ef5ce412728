/** Resolves at the first SIGINT or SIGTERM; until then neither ends the process. */
export function stopSignal(): Promise<void> {
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

/** Stops, and ends the process with 0. A second signal does not wait, and ends it with 130. */
export async function stopProcess(stop: () => Promise<void>): Promise<never> {
  void stopSignal().then(() => process.exit(130))
  await stop()
  process.exit(0)
}
