import { HostProcess } from './host-process.ts'
import type { CompiledModule } from './module-set.ts'
import type { KnownFunction, PendingCall } from './pending-call.ts'
import type { HostSettings, Reply } from './protocol.ts'
import { residentMemory } from './resident-memory.ts'

/** A reply that ends a call. */
export type Answer = Exclude<Reply, { k: 'ready' | 'began' }>

/** A call that was sent to a lane. */
export interface Entry {
  readonly call: PendingCall
  /** In mode `on`: when the process turned to it, in ms of performance.now(). */
  beganAtMs: number | undefined
  /** False once the call was handed to another lane: its answer here is dropped. */
  live: boolean
}

/** What a lane tells its owner. */
export interface LaneEvents {
  onReady(lane: Lane): void
  onAnswer(lane: Lane, entry: Entry, answer: Answer): void
  /** The lane is over. `inconclusive`: it was ended from outside, which blames nobody. */
  onEnded(lane: Lane, reason: string, inconclusive: boolean): void
  /** The lane needs looking at: its first call runs for long, or is over its deadline. */
  onLate(lane: Lane): void
}

/** Beyond a call's deadline, for its process to answer by itself that it is over. In ms. */
export const GRACE_MS = 5
/** A call that runs so long is late: others need not wait behind it. In ms. */
export const LATE_MS = 10

/**
 * One process and the calls it has been sent, in order.
 *
 * In mode `sandbox` the process does one after another and answers each before it begins the
 * next, so the first without an answer is the one it is busy with.
 */
export class Lane {
  readonly entries: Entry[] = []
  /** How long the call ran that was answered last; 0 in mode `on`, where several run. In ms. */
  lastRanMs = 0
  readonly #process: HostProcess
  readonly #known = new Set<number>()
  /** What the process calls the modules that it was told: those of several sets may have one index. */
  readonly #moduleNumbers = new WeakMap<CompiledModule, number>()
  #modules = 0
  readonly #events: LaneEvents
  readonly #inOrder: boolean
  #timer: NodeJS.Timeout | undefined
  #headSinceMs = 0

  constructor(settings: HostSettings, heapMb: number, events: LaneEvents) {
    this.#events = events
    this.#inOrder = settings.mode === 'sandbox'
    this.#process = new HostProcess(settings, heapMb, {
      onReady: () => events.onReady(this),
      onReply: (reply) => (reply.k === 'began' ? this.#began(reply.i) : this.#answered(reply)),
      onEnded: (reason) => {
        clearTimeout(this.#timer)
        events.onEnded(this, reason, /^signal SIG(KILL|TERM|INT|HUP)$/.test(reason))
      },
    })
  }

  get pid(): number | undefined {
    return this.#process.pid
  }

  get isReady(): boolean {
    return this.#process.isReady
  }

  /** Whether its first call has been running for long. */
  get isLate(): boolean {
    return this.#inOrder && this.entries.length > 0 && this.headRanMs() >= LATE_MS
  }

  /** Whether something it was sent has been handed elsewhere and is still to be passed over. */
  get hasDropped(): boolean {
    return this.entries.some((entry) => !entry.live)
  }

  headRanMs(): number {
    return performance.now() - this.#headSinceMs
  }

  /** The call whose deadline is over, or undefined. */
  overdue(): Entry | undefined {
    if (this.#inOrder) {
      const head = this.entries[0]
      return head && this.headRanMs() >= deadlineOf(head) ? head : undefined
    }
    const now = performance.now()
    return this.entries.find((entry) => now - (entry.beganAtMs ?? now) >= deadlineOf(entry))
  }

  residentBytes(): number {
    return residentMemory(this.pid) ?? 0
  }

  send(call: PendingCall): void {
    if (!this.#known.has(call.fn.id)) this.#define(call.fn)
    this.#process.sendLine(call.line)
    this.entries.push({ call, beganAtMs: undefined, live: true })
    if (this.entries.length > 1) return
    this.#headSinceMs = performance.now()
    this.watch()
  }

  forget(functionId: number): void {
    if (this.#known.delete(functionId)) this.#process.send({ t: 'forget', f: functionId })
  }

  tellKin(pids: readonly number[]): void {
    this.#process.send({ t: 'kin', pids })
  }

  kill(): void {
    clearTimeout(this.#timer)
    this.#process.kill()
  }

  gone(): Promise<void> {
    return this.#process.gone()
  }

  /** Looks again when something can have become late, or overdue. */
  watch(): void {
    clearTimeout(this.#timer)
    const first = this.entries[0]
    if (first === undefined) return
    this.#timer = setTimeout(() => this.#look(), this.#nextLookMs(first))
  }

  #nextLookMs(first: Entry): number {
    const leftMs = this.#inOrder ? deadlineOf(first) - this.headRanMs() : LATE_MS
    return Math.max(1, Math.min(LATE_MS, leftMs))
  }

  /**
   * An answer may be waiting to be read while this gateway was busy itself: the sockets are read
   * before the next immediate, so that a busy gateway does not blame a function.
   */
  #look(): void {
    setImmediate(() => {
      if (!this.isReady || this.entries.length === 0) return
      if (this.headRanMs() >= LATE_MS || this.overdue() !== undefined) this.#events.onLate(this)
      if (this.isReady) this.watch()
    })
  }

  #define({ id, compiled }: KnownFunction): void {
    const { code, waits, requires } = compiled
    this.#known.add(id)
    const modules = compiled.modules.map((one) => [one.index, this.#numberOf(one)] as const)
    this.#process.send({ t: 'define', f: id, code, waits, modules, requires })
  }

  /** Tells the process a module that it does not know. */
  #numberOf(module: CompiledModule): number {
    const known = this.#moduleNumbers.get(module)
    if (known !== undefined) return known
    const number = this.#modules++
    this.#moduleNumbers.set(module, number)
    const { name, code, isCommonJs, requires } = module
    this.#process.send({ t: 'module', m: number, name, code, isCommonJs, requires })
    return number
  }

  #began(id: number): void {
    const entry = this.entries.find(({ call }) => call.id === id)
    if (entry !== undefined) entry.beganAtMs ??= performance.now()
  }

  #answered(answer: Answer): void {
    const index = this.#inOrder ? 0 : this.entries.findIndex((e) => e.call.id === answer.i)
    const entry = this.entries[index]
    if (entry === undefined || entry.call.id !== answer.i) {
      this.kill()
      return this.#events.onEnded(this, 'it answered a call that it was not sent', false)
    }
    this.entries.splice(index, 1)
    const nowMs = performance.now()
    if (this.#inOrder) this.lastRanMs = nowMs - this.#headSinceMs
    this.#headSinceMs = nowMs
    if (this.entries.length === 0) clearTimeout(this.#timer)
    this.#events.onAnswer(this, entry, answer)
  }
}

/** In ms from when the process turned to the call. */
function deadlineOf({ call }: Entry): number {
  return call.limits.timeoutMs + GRACE_MS
}
