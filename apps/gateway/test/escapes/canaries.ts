import { once } from 'node:events'
import { Worker } from 'node:worker_threads'

/** Requests beside the cases, one after another, from a thread that nothing else keeps busy. */
export interface Canaries {
  /** Longest wait since the last time it was asked, in ms; failures are told as they are. */
  longest(): Promise<CanaryReport>
  stop(): Promise<void>
}

export interface CanaryReport {
  readonly longestMs: number
  readonly answered: number
  readonly failures: readonly string[]
}

export async function startCanaries(url: string): Promise<Canaries> {
  const thread = new Worker(new URL('./canary-thread.ts', import.meta.url), { workerData: url })
  await once(thread, 'message')
  return {
    async longest() {
      const told = once(thread, 'message')
      thread.postMessage('tell')
      return ((await told) as [CanaryReport])[0]
    },
    async stop() {
      await thread.terminate()
    },
  }
}
