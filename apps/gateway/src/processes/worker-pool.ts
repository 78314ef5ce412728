import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { PosternError } from '@postern/errors'
import type { Configuration } from '@postern/store'
import type { GatewayConfig } from '../config/gateway-config.ts'
import { gatewayErrors } from '../errors.ts'
import type { KeptExit } from '../exit-ring/show-exit.ts'
import { MetricTotals } from '../metrics/metric-totals.ts'
import type { NodeIdentity } from '../node-identity.ts'
import type { OperatorLog } from '../operator-log.ts'
import type { FromWorker, ToWorker, WorkerCounts } from './messages.ts'

/** The processes that serve requests, seen from the one that owns the configuration. */
export interface WorkerPool {
  /** Resolves when every worker serves. Rejects when one cannot, with its reason. */
  start(entities: Configuration): Promise<void>
  /**
   * Hands a configuration to every worker and resolves when all have acknowledged it. A worker that
   * does not within 5 s is logged, and not waited for.
   *
   * One that cannot serve it goes on with the configuration before, and is told of here; workers that
   * are started from then on begin with the one before.
   *
   * @throws POSTERN_GATEWAY_CONFIGURATION_REFUSED; in one process what keeps it from being built
   */
  publish(entities: Configuration): Promise<void>
  /** Lets requests under way end for `graceMs`, then kills. */
  stop(graceMs: number): Promise<void>
  /** What the workers have done, half a second old at most. */
  counts(): readonly WorkerCounts[]
  /** What all workers have counted, those that have ended included; half a second old at most. */
  readonly totals: MetricTotals
  /** Has every worker open its logs anew. */
  reopenLogs(): void
  /** The last exits of all workers, the newest first; one that says nothing for 1 s is left out. */
  exits(size: number): Promise<readonly KeptExit[]>
  /** Process ids of the workers that live. */
  readonly pids: readonly number[]
}

/** How long an acknowledgement is waited for, in milliseconds. */
const ACKNOWLEDGE_MS = 5000
/** How long a worker may take to tell its exits, in milliseconds. */
const TELL_MS = 1000
/** A worker says that it is alive four times in this time; silence for all of it means it hangs. */
export const SILENCE_MS = 2000
/** A worker that builds a very large configuration says nothing for longer. */
const PUBLISH_SILENCE_MS = 30_000
/** A worker that dies sooner than this after its start is not started again at once. */
const SHORT_LIFE_MS = 1000

export function createWorkerPool(
  config: GatewayConfig,
  identity: NodeIdentity,
  log: OperatorLog,
): WorkerPool {
  return new ForkedPool(config, identity, log)
}

class ForkedPool implements WorkerPool {
  readonly #config: GatewayConfig
  readonly #identity: NodeIdentity
  readonly #log: OperatorLog
  readonly #workers = new Set<Worker>()
  readonly totals: MetricTotals = new MetricTotals()
  #entities: Configuration | undefined
  #stopping = false
  #watch: NodeJS.Timeout | undefined
  #watchedAtMs = 0

  constructor(config: GatewayConfig, identity: NodeIdentity, log: OperatorLog) {
    this.#config = config
    this.#identity = identity
    this.#log = log
  }

  get pids(): readonly number[] {
    return [...this.#workers].flatMap((worker) => worker.pid ?? [])
  }

  counts(): readonly WorkerCounts[] {
    return [...this.#workers].flatMap((worker) => worker.counts ?? [])
  }

  reopenLogs(): void {
    for (const worker of this.#workers) worker.reopenLogs()
  }

  async exits(size: number): Promise<readonly KeptExit[]> {
    const told = await Promise.all([...this.#workers].map((worker) => worker.exits(size)))
    // Times of one form sort as texts.
    const sorted = told.flat().toSorted((a, b) => (a.at < b.at ? 1 : a.at > b.at ? -1 : 0))
    return sorted.slice(0, size)
  }

  async start(entities: Configuration): Promise<void> {
    this.#entities = entities
    const count = this.#config.workers
    const started = Array.from({ length: count }, () => this.#fork().serving)
    try {
      await Promise.all(started)
    } catch (error) {
      await this.stop(0)
      throw error
    }
    this.#watchedAtMs = Date.now()
    this.#watch = setInterval(() => this.#killSilent(), SILENCE_MS / 4)
    this.#watch.unref()
  }

  async publish(entities: Configuration): Promise<void> {
    const before = this.#entities
    this.#entities = entities
    const workers = [...this.#workers]
    const told = await Promise.all(workers.map((worker) => this.#publishTo(worker, entities)))
    const problems = told.filter((problem) => problem !== undefined)
    if (problems[0] === undefined) return
    // Else one that takes the place of another could not start at all.
    this.#entities = before
    throw gatewayErrors.CONFIGURATION_REFUSED(problems.length, workers.length, problems[0])
  }

  /** Answers why the worker cannot serve it. */
  async #publishTo(worker: Worker, entities: Configuration): Promise<string | undefined> {
    const outcome = await worker.publish(entities)
    if (outcome === 'served' || outcome === 'gone') return undefined
    const facts = { workerPid: worker.pid, revision: entities.revision }
    if (outcome === 'late') {
      this.#log.error(facts, 'a worker did not acknowledge the configuration in time')
      return undefined
    }
    this.#log.error({ ...facts, problem: outcome.problem }, 'a worker refused the configuration')
    return outcome.problem
  }

  async stop(graceMs: number): Promise<void> {
    this.#stopping = true
    clearInterval(this.#watch)
    await Promise.all([...this.#workers].map((worker) => worker.stop(graceMs)))
  }

  #fork(): Worker {
    const start = {
      kind: 'start',
      config: this.#config,
      identity: this.#identity,
      entities: this.#entities as Configuration,
    } as const
    const worker = new Worker(start, this.totals)
    this.#workers.add(worker)
    worker.gone.then((how) => this.#onGone(worker, how)).catch(() => {})
    return worker
  }

  #onGone(worker: Worker, how: string): void {
    this.#workers.delete(worker)
    if (this.#stopping || !worker.hasServed) return
    this.#log.error({ workerPid: worker.pid, how }, 'a worker ended; another takes its place')
    const waitMs = Date.now() - worker.startedAtMs < SHORT_LIFE_MS ? SHORT_LIFE_MS : 0
    setTimeout(() => this.#replace(), waitMs)
  }

  #replace(): void {
    if (this.#stopping) return
    const worker = this.#fork()
    worker.serving.catch((error: unknown) => {
      if (this.#stopping) return
      this.#log.error({ problem: String(error) }, 'a worker could not start')
      setTimeout(() => this.#replace(), SHORT_LIFE_MS)
    })
  }

  /**
   * A check that is late itself says nothing of the workers: this process was held up, and what they
   * said meanwhile has not been read.
   */
  #killSilent(): void {
    const now = Date.now()
    const isLate = now - this.#watchedAtMs > SILENCE_MS / 2
    this.#watchedAtMs = now
    for (const worker of this.#workers) {
      if (isLate) worker.heardAtMs = now
      const allowedMs = worker.isPublishing ? PUBLISH_SILENCE_MS : SILENCE_MS
      if (!worker.hasServed || now - worker.heardAtMs < allowedMs) continue
      this.#log.error({ workerPid: worker.pid }, 'a worker hangs and is killed')
      worker.kill()
    }
  }
}

type Outcome = 'served' | 'late' | 'gone' | { readonly problem: string }

/** One process, and what it has said. */
class Worker {
  readonly startedAtMs: number = Date.now()
  heardAtMs: number = Date.now()
  hasServed = false
  counts: WorkerCounts | undefined
  readonly #served = Promise.withResolvers<void>()
  /** Rejects when the worker ends before it serves. */
  readonly serving: Promise<void> = this.#served.promise
  /** Resolves when the process has ended, with how. */
  readonly gone: Promise<string>
  readonly #child: ChildProcess
  /** Counted apart from those awaited: nobody waits for a late one, and it is still at work. */
  #unacknowledged = 0
  #sequence = 0
  readonly #asked = new Map<number, (exits: readonly KeptExit[]) => void>()
  readonly #awaiting = new Map<number, (outcome: Outcome) => void>()

  constructor(start: Extract<ToWorker, { kind: 'start' }>, totals: MetricTotals) {
    const child = fork(fileURLToPath(import.meta.resolve('#worker')), [], {
      serialization: 'advanced',
      // A group of its own: a Ctrl-C is for the supervisor, which then stops its workers.
      detached: true,
    })
    this.#child = child
    child.on('message', (message: FromWorker) => this.#hear(message, totals))
    child.once('exit', (code, signal) => {
      this.#served.reject(new Error(`the worker ended with ${signal ?? code} before it served`))
    })
    this.gone = new Promise((resolve) => {
      child.once('error', (error) => resolve(error.message))
      child.once('exit', (code, signal) => {
        for (const settle of this.#awaiting.values()) settle('gone')
        for (const answer of this.#asked.values()) answer([])
        resolve(String(signal ?? code))
      })
    })
    this.#send(start)
  }

  #hear(message: FromWorker, totals: MetricTotals): void {
    this.heardAtMs = Date.now()
    switch (message.kind) {
      case 'exits':
        this.#asked.get(message.sequence)?.(message.exits)
        break
      case 'serving':
        this.hasServed = true
        this.#served.resolve()
        break
      case 'failed':
        this.#served.reject(errorOf(message))
        break
      case 'published':
        this.#settle(message.sequence, message.problem)
        break
      case 'alive':
        this.counts = message.counts
        if (message.metrics !== undefined) totals.add(message.metrics)
        break
    }
  }

  get pid(): number | undefined {
    return this.#child.pid
  }

  /** It has been given a configuration that it has not acknowledged yet. */
  get isPublishing(): boolean {
    return this.#unacknowledged > 0
  }

  publish(entities: Configuration): Promise<Outcome> {
    return new Promise((resolve) => {
      const sequence = ++this.#sequence
      const timer = setTimeout(() => settle('late'), ACKNOWLEDGE_MS)
      const settle = (outcome: Outcome): void => {
        clearTimeout(timer)
        this.#awaiting.delete(sequence)
        resolve(outcome)
      }
      this.#awaiting.set(sequence, settle)
      this.#unacknowledged += 1
      if (!this.#send({ kind: 'publish', sequence, entities })) settle('gone')
    })
  }

  /** Nothing from a worker that does not serve yet, or is busy. */
  exits(size: number): Promise<readonly KeptExit[]> {
    if (!this.hasServed) return Promise.resolve([])
    return new Promise((resolve) => {
      const sequence = ++this.#sequence
      const timer = setTimeout(() => answer([]), TELL_MS)
      const answer = (exits: readonly KeptExit[]): void => {
        clearTimeout(timer)
        this.#asked.delete(sequence)
        resolve(exits)
      }
      this.#asked.set(sequence, answer)
      if (!this.#send({ kind: 'exits', sequence, size })) answer([])
    })
  }

  #settle(sequence: number, problem: string | undefined): void {
    this.#unacknowledged -= 1
    this.#awaiting.get(sequence)?.(problem === undefined ? 'served' : { problem })
  }

  reopenLogs(): void {
    this.#send({ kind: 'reopen' })
  }

  async stop(graceMs: number): Promise<void> {
    // Half a second above the grace, so that a worker which keeps its word is never killed.
    const timer = setTimeout(() => this.kill(), graceMs + 500)
    if (!this.#send({ kind: 'stop', graceMs })) this.kill()
    await this.gone
    clearTimeout(timer)
  }

  kill(): void {
    this.#child.kill('SIGKILL')
  }

  #send(message: ToWorker): boolean {
    if (!this.#child.connected) return false
    // An error means that the process is ending: `exit` tells the rest.
    this.#child.send(message, () => {})
    return true
  }
}

/** What a worker failed with, with the code by which the operator can look it up. */
function errorOf({ code, message }: Extract<FromWorker, { kind: 'failed' }>): Error {
  return code === undefined ? new Error(message) : new PosternError(code, message)
}
