import { sandboxErrors } from './errors.ts'
import { type Answer, type Entry, Lane, type LaneEvents, LATE_MS } from './lane.ts'
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
  /** As it was given when the function was compiled. */
  readonly owner: unknown
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

/** Makes the processes of a host; they start when something is asked of them. */
export function createLanes(options: LanesOptions): Lanes {
  return new LaneSet(options)
}

/**
 * Calls go to the first lane that is ready, in order. The others are spares: they take over when
 * the first has ended, or while it is late.
 */
class LaneSet implements Lanes {
  readonly #options: LanesOptions
  readonly #isConfined: boolean
  readonly #waiting: PendingCall[] = []
  readonly #waitingForStart: { resolve(): void; reject(error: Error): void }[] = []
  readonly #retiring = new Set<Lane>()
  readonly #events: LaneEvents = {
    onReady: () => this.#onReady(),
    onAnswer: (lane, entry, answer) => this.#onAnswer(lane, entry, answer),
    onEnded: (lane, reason, inconclusive) => this.#onEnded(lane, reason, inconclusive),
    onLate: (lane) => this.#onLate(lane),
  }
  #lanes: Lane[] = []
  #failedStarts = 0
  #answers = 0
  #isClosed = false
  #ended = 0

  constructor(options: LanesOptions) {
    this.#options = options
    this.#isConfined = options.settings.mode === 'sandbox'
  }

  get pid(): number | undefined {
    return (this.#lanes.find((lane) => lane.isReady) ?? this.#lanes[0])?.pid
  }

  state(): LanesState {
    const processes = this.#lanes.map(({ pid, isReady, entries }) => {
      return { pid, isReady, calls: entries.length }
    })
    return { processes, waiting: this.#waiting.length, ended: this.#ended }
  }

  forget(functionId: number): void {
    for (const lane of this.#lanes) lane.forget(functionId)
  }

  call(asked: NewCall): Promise<CallResult> {
    const { fn } = asked
    if (this.#isClosed) throw sandboxErrors.CLOSED()
    const offMs = fn.breaker.offForMs(performance.now())
    if (offMs > 0) throw sandboxErrors.SWITCHED_OFF(fn.name, Math.ceil(offMs))
    const { maxWaiting } = this.#options
    if (this.#waiting.length >= maxWaiting) throw sandboxErrors.OVERLOADED(fn.name, maxWaiting)
    return new Promise((resolve, reject) => {
      this.#waiting.push({ ...asked, resolve, reject, suspected: false })
      this.#pump()
    })
  }

  ready(): Promise<void> {
    if (this.#isClosed) return Promise.reject(sandboxErrors.CLOSED())
    this.fill()
    if (this.#lanes.some((lane) => lane.isReady)) return Promise.resolve()
    return new Promise((resolve, reject) => {
      this.#waitingForStart.push({ resolve, reject })
    })
  }

  async close(): Promise<void> {
    this.#isClosed = true
    const ending = this.#lanes
    this.#lanes = []
    this.#refuseWaiting(sandboxErrors.CLOSED())
    for (const lane of ending) {
      lane.kill()
      for (const { call: pending, live } of lane.entries) {
        if (live) pending.reject(sandboxErrors.CLOSED())
      }
    }
    await Promise.all(ending.map((lane) => lane.gone()))
  }

  fill(): void {
    if (this.#isClosed || this.#failedStarts >= MAX_FAILED_STARTS) return
    const { settings, heapMb, count } = this.#options
    if (this.#lanes.length >= count) return
    while (this.#lanes.length < count) this.#lanes.push(new Lane(settings, heapMb, this.#events))
    this.#tellKin()
  }

  /** Gives waiting calls to lanes, as long as one takes them. */
  #pump(): void {
    this.fill()
    for (let next = this.#waiting[0]; next !== undefined; next = this.#waiting[0]) {
      const lane = this.#laneFor(next)
      if (lane === undefined) return
      this.#waiting.shift()
      lane.send(next)
    }
  }

  #laneFor(next: PendingCall): Lane | undefined {
    const usable = this.#lanes.filter((lane) => lane.isReady && !lane.isLate && !lane.hasDropped)
    const lane = usable.find((candidate) => !this.#retiring.has(candidate)) ?? usable[0]
    if (lane === undefined || lane.entries.length >= MAX_SENT) return undefined
    const mustBeAlone = next.suspected || lane.entries.some((entry) => entry.call.suspected)
    return mustBeAlone && lane.entries.length > 0 ? undefined : lane
  }

  #onReady(): void {
    this.#failedStarts = 0
    this.#replaceRetiring()
    for (const { resolve } of this.#waitingForStart.splice(0)) resolve()
    this.#pump()
  }

  /** One that is still starting reads it when it serves, even if the gateway is gone by then. */
  #tellKin(): void {
    const pids = this.#lanes.flatMap((lane) => lane.pid ?? [])
    for (const lane of this.#lanes) lane.tellKin(pids.filter((pid) => pid !== lane.pid))
  }

  #onAnswer(lane: Lane, { call: done, live }: Entry, answer: Answer): void {
    if (live) {
      this.#tellLog(done.fn, answer.l ?? [])
      if (answer.k === 'ok') done.resolve({ result: answer.r, effects: answer.e })
      else done.reject(errorOfFailure(done, answer.why))
    }
    const isSuspicious = answer.k === 'failed' || lane.lastRanMs >= LATE_MS
    if (isSuspicious || ++this.#answers % ANSWERS_PER_LOOK === 0) {
      this.#retireWhenLarge(lane, done, answer)
    }
    this.#replaceRetiring()
    this.#pump()
  }

  #tellLog({ name }: KnownFunction, lines: LogLines): void {
    for (const [level, text] of lines) {
      this.#options.log?.({ name, level, text: printable(text) })
    }
  }

  /**
   * What functions keep in their modules adds up, and so does their garbage: a process that holds
   * much is replaced in peace, or the next call would be ended for it. A call that failed is taken
   * for the one that left it, and a function that does so again and again is switched off.
   */
  #retireWhenLarge(lane: Lane, { fn, limits }: PendingCall, { k }: Answer): void {
    if (this.#retiring.has(lane) || lane.residentBytes() <= this.#options.retireAtBytes) return
    this.#retiring.add(lane)
    if (k === 'failed') this.#note(fn, limits)
  }

  /** Not before another one is ready: a call that finds none waits for the start of a process. */
  #replaceRetiring(): void {
    const hasOther = this.#lanes.some((lane) => lane.isReady && !this.#retiring.has(lane))
    if (!hasOther && this.#options.count > 1) return
    for (const lane of this.#retiring) {
      if (lane.entries.length > 0) continue
      lane.kill()
      this.#drop(lane)
    }
  }

  #drop(lane: Lane): void {
    this.#takeOut(lane)
    this.fill()
  }

  #takeOut(lane: Lane): void {
    this.#retiring.delete(lane)
    this.#lanes = this.#lanes.filter((other) => other !== lane)
    this.#tellKin()
  }

  #onLate(lane: Lane): void {
    const overdue = lane.overdue()
    if (overdue !== undefined) {
      const { fn, limits } = overdue.call
      return this.#end(lane, overdue, sandboxErrors.TIMEOUT(fn.name, limits.timeoutMs))
    }
    if (!this.#isConfined) return
    const head = lane.entries[0]
    if (head !== undefined && lane.residentBytes() > this.#options.maxResidentBytes) {
      const { name } = head.call.fn
      return this.#end(lane, head, sandboxErrors.KILLED(name, 'it held too much memory'))
    }
    this.#handOver(lane)
  }

  /** Calls behind a late one have not begun: another lane does them. */
  #handOver(lane: Lane): void {
    const behind = lane.entries.slice(1).filter((entry) => entry.live)
    const hasOther = this.#lanes.some((other) => other !== lane && other.isReady && !other.isLate)
    if (!hasOther) return
    for (const entry of behind) entry.live = false
    this.#waiting.unshift(...behind.map((entry) => entry.call))
    this.#pump()
  }

  /** Ends a lane because of one call. What had not begun is done elsewhere. */
  #end(lane: Lane, guilty: Entry, error: Error): void {
    lane.kill()
    this.#settle(lane, guilty, error)
  }

  #onEnded(lane: Lane, reason: string, inconclusive: boolean): void {
    const head = this.#isConfined ? lane.entries[0] : lane.entries.find(hasBegun)
    if (head === undefined) return this.#onEndedIdle(lane, reason)
    const isSuspect = this.#isConfined && inconclusive && !head.call.suspected
    if (isSuspect) head.call.suspected = true
    const error = sandboxErrors.KILLED(head.call.fn.name, reason)
    this.#settle(lane, isSuspect ? undefined : head, error)
  }

  #onEndedIdle(lane: Lane, reason: string): void {
    this.#ended += 1
    this.#waiting.unshift(...lane.entries.map((entry) => entry.call))
    this.#takeOut(lane)
    this.#failedStarts += 1
    const isHopeless = this.#failedStarts >= MAX_FAILED_STARTS
    if (!isHopeless || this.#lanes.some((other) => other.isReady)) return this.#pump()
    this.#refuseWaiting(sandboxErrors.START(printable(reason)))
    this.#failedStarts = 0
  }

  #refuseWaiting(error: Error): void {
    for (const { reject } of this.#waitingForStart.splice(0)) reject(error)
    for (const refused of this.#waiting.splice(0)) refused.reject(error)
  }

  #settle(lane: Lane, guilty: Entry | undefined, error: Error): void {
    this.#ended += 1
    const others = lane.entries.filter((entry) => entry !== guilty && entry.live)
    if (guilty?.live) this.#blame(guilty.call, error)
    // With all that Node has, a call may have done something already: none is begun twice.
    const again = this.#isConfined ? others : others.filter((entry) => !hasBegun(entry))
    for (const entry of others) {
      if (!again.includes(entry)) entry.call.reject(endedByAnother(entry.call))
    }
    this.#waiting.unshift(...again.map((entry) => entry.call))
    this.#drop(lane)
    this.#pump()
  }

  #blame({ fn, limits, reject }: PendingCall, error: Error): void {
    reject(error)
    this.#note(fn, limits)
  }

  #note(fn: KnownFunction, limits: CallLimits): void {
    // Those before it took the time, so it need not be one that never ends.
    if (limits.timeoutMs < fn.timeoutMs) return
    const forMs = fn.breaker.note(performance.now())
    const { name, owner } = fn
    if (forMs !== undefined) this.#options.onSwitchedOff?.({ name, owner, forMs })
  }
}

function hasBegun(entry: Entry): boolean {
  return entry.beganAtMs !== undefined
}

function endedByAnother({ fn }: PendingCall): Error {
  return sandboxErrors.KILLED(fn.name, 'another function in the same process overran or ended it')
}
