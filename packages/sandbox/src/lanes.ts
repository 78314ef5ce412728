import { sandboxErrors } from './errors.ts'
import { type Answer, type Entry, Lane, LATE_MS } from './lane.ts'
import {
  type CallLimits,
  type CallResult,
  errorOfFailure,
  type KnownFunction,
  type NewCall,
  type PendingCall,
} from './pending-call.ts'
import { printable } from './printable.ts'
import type { HostSettings, LogLines } from './protocol.ts'

/** A line that a function wrote to its console. */
export interface FunctionLogLine {
  /** The function's. */
  readonly name: string
  readonly level: string
  readonly text: string
}

/** A function that is refused for a while. */
export interface SwitchedOff {
  readonly name: string
  /** In ms. */
  readonly forMs: number
}

interface LanesOptions {
  readonly settings: HostSettings
  readonly heapMb: number
  /** A process that holds more is ended with the call that it is late with. */
  readonly maxResidentBytes: number
  /** A process that holds more between calls is replaced. */
  readonly retireAtBytes: number
  /** How many processes are kept. */
  readonly count: number
  readonly maxWaiting: number
  readonly log: ((line: FunctionLogLine) => void) | undefined
  readonly onSwitchedOff: ((event: SwitchedOff) => void) | undefined
}

/** Who does which call, and what happens when a process does not answer. */
export interface Lanes {
  call(call: NewCall): Promise<CallResult>
  /** Starts the processes that are missing. */
  fill(): void
  forget(functionId: number): void
  ready(): Promise<void>
  close(): Promise<void>
  readonly pid: number | undefined
  state(): LanesState
}

/** The processes and what waits for them. */
export interface LanesState {
  readonly processes: readonly ProcessState[]
  /** Calls that no process has been sent yet. */
  readonly waiting: number
  /** Processes that ended, or were ended, because of what they did. */
  readonly ended: number
}

/** One process. */
export interface ProcessState {
  readonly pid: number | undefined
  readonly isReady: boolean
  /** Calls that it has been sent and has not answered. */
  readonly calls: number
}

/** Calls sent to a process before it has answered any: enough to keep it busy. */
const MAX_SENT = 64

/** Processes that end before they are ready, one after another, until calls are refused. */
const MAX_FAILED_STARTS = 3

/** Answers of a process between two looks at the memory that it keeps. */
const ANSWERS_PER_LOOK = 100

/**
 * Calls go to the first lane that is ready, in order. The others are spares: they take over when
 * the first has ended, or while it is late.
 */
export function createLanes(options: LanesOptions): Lanes {
  const isConfined = options.settings.mode === 'sandbox'
  const waiting: PendingCall[] = []
  const waitingForStart: { resolve(): void; reject(error: Error): void }[] = []
  const retiring = new Set<Lane>()
  let lanes: Lane[] = []
  let failedStarts = 0
  let answers = 0
  let isClosed = false
  let ended = 0

  function call(asked: NewCall): Promise<CallResult> {
    const { fn } = asked
    if (isClosed) throw sandboxErrors.CLOSED()
    const offMs = fn.breaker.offForMs(performance.now())
    if (offMs > 0) throw sandboxErrors.SWITCHED_OFF(fn.name, Math.ceil(offMs))
    if (waiting.length >= options.maxWaiting) {
      throw sandboxErrors.OVERLOADED(fn.name, options.maxWaiting)
    }
    return new Promise((resolve, reject) => {
      waiting.push({ ...asked, resolve, reject, suspected: false })
      pump()
    })
  }

  /** Gives waiting calls to lanes, as long as one takes them. */
  function pump(): void {
    fill()
    for (let next = waiting[0]; next !== undefined; next = waiting[0]) {
      const lane = laneFor(next)
      if (lane === undefined) return
      waiting.shift()
      lane.send(next)
    }
  }

  function laneFor(next: PendingCall): Lane | undefined {
    const usable = lanes.filter((lane) => lane.isReady && !lane.isLate && !lane.hasDropped)
    const lane = usable.find((candidate) => !retiring.has(candidate)) ?? usable[0]
    if (lane === undefined || lane.entries.length >= MAX_SENT) return undefined
    const mustBeAlone = next.suspected || lane.entries.some((entry) => entry.call.suspected)
    return mustBeAlone && lane.entries.length > 0 ? undefined : lane
  }

  function fill(): void {
    if (isClosed) return
    while (lanes.length < options.count && failedStarts < MAX_FAILED_STARTS) lanes.push(open())
  }

  function open(): Lane {
    return new Lane(options.settings, options.heapMb, { onReady, onAnswer, onEnded, onLate })
  }

  function onReady(): void {
    failedStarts = 0
    replaceRetiring()
    tellKin()
    for (const { resolve } of waitingForStart.splice(0)) resolve()
    pump()
  }

  function tellKin(): void {
    const pids = lanes.flatMap((lane) => lane.pid ?? [])
    for (const lane of lanes) {
      if (lane.isReady) lane.tellKin(pids.filter((pid) => pid !== lane.pid))
    }
  }

  function onAnswer(lane: Lane, { call: done, live }: Entry, answer: Answer): void {
    if (live) {
      tellLog(done.fn, answer.l ?? [])
      if (answer.k === 'ok') done.resolve({ result: answer.r, effects: answer.e })
      else done.reject(errorOfFailure(done, answer.why))
    }
    const isSuspicious = answer.k === 'failed' || lane.lastRanMs >= LATE_MS
    if (isSuspicious || ++answers % ANSWERS_PER_LOOK === 0) retireWhenLarge(lane, done, answer)
    replaceRetiring()
    pump()
  }

  function tellLog({ name }: KnownFunction, lines: LogLines): void {
    for (const [level, text] of lines) options.log?.({ name, level, text: printable(text) })
  }

  /**
   * What functions keep in their modules adds up, and so does their garbage: a process that holds
   * much is replaced in peace, or the next call would be ended for it. A call that failed is taken
   * for the one that left it, and a function that does so again and again is switched off.
   */
  function retireWhenLarge(lane: Lane, { fn, limits }: PendingCall, { k }: Answer): void {
    if (retiring.has(lane) || lane.residentBytes() <= options.retireAtBytes) return
    retiring.add(lane)
    if (k === 'failed') note(fn, limits)
  }

  /** Not before another one is ready: a call that finds none waits for the start of a process. */
  function replaceRetiring(): void {
    const hasOther = lanes.some((lane) => lane.isReady && !retiring.has(lane))
    if (!hasOther && options.count > 1) return
    for (const lane of retiring) {
      if (lane.entries.length > 0) continue
      lane.kill()
      drop(lane)
    }
  }

  function drop(lane: Lane): void {
    retiring.delete(lane)
    lanes = lanes.filter((other) => other !== lane)
    fill()
    tellKin()
  }

  function onLate(lane: Lane): void {
    const overdue = lane.overdue()
    if (overdue !== undefined) {
      const { fn, limits } = overdue.call
      return end(lane, overdue, sandboxErrors.TIMEOUT(fn.name, limits.timeoutMs))
    }
    if (!isConfined) return
    const head = lane.entries[0]
    if (head !== undefined && lane.residentBytes() > options.maxResidentBytes) {
      const { name } = head.call.fn
      return end(lane, head, sandboxErrors.KILLED(name, 'it held too much memory'))
    }
    handOver(lane)
  }

  /** Calls behind a late one have not begun: another lane does them. */
  function handOver(lane: Lane): void {
    const behind = lane.entries.slice(1).filter((entry) => entry.live)
    const hasOther = lanes.some((other) => other !== lane && other.isReady && !other.isLate)
    if (!hasOther) return
    for (const entry of behind) entry.live = false
    waiting.unshift(...behind.map((entry) => entry.call))
    pump()
  }

  /** Ends a lane because of one call. What had not begun is done elsewhere. */
  function end(lane: Lane, guilty: Entry, error: Error): void {
    lane.kill()
    settle(lane, guilty, error)
  }

  function onEnded(lane: Lane, reason: string, inconclusive: boolean): void {
    const head = isConfined ? lane.entries[0] : lane.entries.find(hasBegun)
    if (head === undefined) return onEndedIdle(lane, reason)
    const isSuspect = isConfined && inconclusive && !head.call.suspected
    if (isSuspect) head.call.suspected = true
    const error = sandboxErrors.KILLED(head.call.fn.name, reason)
    settle(lane, isSuspect ? undefined : head, error)
  }

  function onEndedIdle(lane: Lane, reason: string): void {
    ended += 1
    waiting.unshift(...lane.entries.map((entry) => entry.call))
    retiring.delete(lane)
    lanes = lanes.filter((other) => other !== lane)
    failedStarts += 1
    if (failedStarts >= MAX_FAILED_STARTS && !lanes.some((other) => other.isReady)) {
      refuseWaiting(sandboxErrors.START(printable(reason)))
      failedStarts = 0
      return
    }
    pump()
  }

  function refuseWaiting(error: Error): void {
    for (const { reject } of waitingForStart.splice(0)) reject(error)
    for (const refused of waiting.splice(0)) refused.reject(error)
  }

  function settle(lane: Lane, guilty: Entry | undefined, error: Error): void {
    ended += 1
    const others = lane.entries.filter((entry) => entry !== guilty && entry.live)
    if (guilty?.live) blame(guilty.call, error)
    // With all that Node has, a call may have done something already: none is begun twice.
    const again = isConfined ? others : others.filter((entry) => !hasBegun(entry))
    for (const entry of others) {
      if (!again.includes(entry)) entry.call.reject(endedByAnother(entry.call))
    }
    waiting.unshift(...again.map((entry) => entry.call))
    drop(lane)
    pump()
  }

  function blame({ fn, limits, reject }: PendingCall, error: Error): void {
    reject(error)
    note(fn, limits)
  }

  function note(fn: KnownFunction, limits: CallLimits): void {
    // Those before it took the time, so it need not be one that never ends.
    if (limits.timeoutMs < fn.timeoutMs) return
    const forMs = fn.breaker.note(performance.now())
    if (forMs !== undefined) options.onSwitchedOff?.({ name: fn.name, forMs })
  }

  function ready(): Promise<void> {
    if (isClosed) return Promise.reject(sandboxErrors.CLOSED())
    fill()
    if (lanes.some((lane) => lane.isReady)) return Promise.resolve()
    return new Promise((resolve, reject) => {
      waitingForStart.push({ resolve, reject })
    })
  }

  async function close(): Promise<void> {
    isClosed = true
    const ending = lanes
    lanes = []
    refuseWaiting(sandboxErrors.CLOSED())
    for (const lane of ending) {
      lane.kill()
      for (const { call: pending, live } of lane.entries) {
        if (live) pending.reject(sandboxErrors.CLOSED())
      }
    }
    await Promise.all(ending.map((lane) => lane.gone()))
  }

  return {
    call,
    fill,
    ready,
    close,
    state: () => ({
      processes: lanes.map(({ pid, isReady, entries }) => ({
        pid,
        isReady,
        calls: entries.length,
      })),
      waiting: waiting.length,
      ended,
    }),
    forget: (id) => lanes.forEach((lane) => lane.forget(id)),
    get pid() {
      return (lanes.find((lane) => lane.isReady) ?? lanes[0])?.pid
    },
  }
}

function hasBegun(entry: Entry): boolean {
  return entry.beganAtMs !== undefined
}

function endedByAnother({ fn }: PendingCall): Error {
  return sandboxErrors.KILLED(fn.name, 'another function in the same process overran or ended it')
}
