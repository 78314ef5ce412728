import type { Store } from '@postern/store'
import { keepConfigured } from '../metrics/keep-configured.ts'
import { createPublisher } from './publisher.ts'
import type { WorkerPool } from './worker-pool.ts'

/** How what the store holds comes to be served. */
export interface Publication {
  /**
   * Resolves when all that was written before the call is served.
   *
   * @throws what keeps the configuration from being served
   */
  publish(): Promise<void>
  /** What keeps the configuration that was published last from being served; undefined where nothing does. */
  readonly problem: string | undefined
}

/** Publishes what a store holds to the workers of a pool. */
export function createPublication(
  store: Pick<Store, 'readAll'>,
  pool: Pick<WorkerPool, 'publish' | 'totals'>,
): Publication {
  let problem: string | undefined
  const publish = createPublisher(async () => {
    const entities = await store.readAll()
    try {
      await pool.publish(entities)
      problem = undefined
    } catch (error) {
      problem = (error as Error).message
      throw error
    }
    keepConfigured(pool.totals, entities)
  })
  return {
    publish,
    get problem() {
      return problem
    },
  }
}
