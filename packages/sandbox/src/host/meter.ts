import { getHeapStatistics } from 'node:v8'

/** What one call may use, counted inside the process. The gateway's deadline stands behind it. */
export interface Meter {
  /** One step: a turn of a loop, an entry of a function. Throws when the budget is used up. */
  readonly charge: () => void
  /** Several steps: the length of what an intrinsic scans or makes. */
  readonly add: (steps: number) => void
  begin(timeoutMs: number, steps: number): void
  /** Ends the counting, and tells what was used up, also when the function caught the error. */
  end(): Exhausted | undefined
}

export type Exhausted = 'timeout' | 'steps' | 'memory'

/**
 * The clock is read once for so many steps. A step takes some nanoseconds, but can be made to take
 * a tenth of a millisecond (a comparison of long texts, a property behind a long chain of
 * prototypes): then this many are still about the deadline.
 */
const SLICE = 512

/** The heap is measured once for so many slices: that takes some microseconds. */
const SLICES_PER_MEASURE = 64

/** Thrown into the function. Frozen, because the function can catch it. */
const EXHAUSTED = Object.freeze({ name: 'RangeError', message: 'the budget is used up' })

export function createMeter(memoryBytes: number): Meter {
  const limits = createLimits(memoryBytes)
  let left = SLICE
  let running = false
  let exhausted: Exhausted | undefined

  function refill(): void {
    if (!running) {
      left = SLICE
      return
    }
    exhausted ??= limits.use(SLICE - left)
    // Stays below zero: every further step throws again, whatever the function catches.
    left = exhausted === undefined ? SLICE : -1
    if (exhausted !== undefined) throw EXHAUSTED
  }

  return {
    charge: Object.freeze(() => {
      if (--left < 0) refill()
    }),
    add: (steps) => {
      left -= steps
      // Once it is used up only metered code is stopped: Node's own calls intrinsics as well, in
      // the event loop that runs what a function left there.
      if (left < 0 && exhausted === undefined) refill()
    },
    begin(timeoutMs, steps) {
      left = SLICE
      exhausted = undefined
      running = true
      limits.begin(timeoutMs, steps)
    },
    end() {
      running = false
      return exhausted
    },
  }
}

/** What is left of a call's steps, time and memory, looked at after each slice. */
interface Limits {
  begin(timeoutMs: number, steps: number): void
  /** Takes off the steps of a slice, and tells what is used up. */
  use(steps: number): Exhausted | undefined
}

function createLimits(memoryBytes: number): Limits {
  const now = performance.now.bind(performance)
  let total = 0
  let slices = 0
  /** When the call was new: what earlier ones left there is not its own. */
  let firstHeapBytes: number | undefined
  let endsAt = 0
  return {
    begin(timeoutMs, steps) {
      total = steps
      slices = SLICES_PER_MEASURE
      firstHeapBytes = undefined
      endsAt = now() + timeoutMs
    },
    use(steps) {
      total -= steps
      slices += steps > SLICE * 16 ? SLICES_PER_MEASURE : 1
      if (total < 0) return 'steps'
      if (now() > endsAt) return 'timeout'
      if (slices < SLICES_PER_MEASURE) return undefined
      slices = 0
      const heapBytes = getHeapStatistics().used_heap_size
      firstHeapBytes ??= heapBytes
      return heapBytes - firstHeapBytes > memoryBytes ? 'memory' : undefined
    },
  }
}
