import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { PosternError } from '@postern/errors'
import type { GatewayConfig } from '../config/gateway-config.ts'
import { trialErrors } from './errors.ts'
import type { AskedTrial, FromTrialProcess, ToTrialProcess } from './trial-process.ts'

/** What became of a trial. */
export interface TrialAnswer {
  /** JSON of each `TriedExit`, in order. */
  readonly exits: readonly string[]
  /** Not all were tried, because what was told of them became too long. */
  readonly isCut: boolean
}

/** Tries functions in a process of their own. */
export interface TrialPool {
  /**
   * Trials wait for each other.
   *
   * @throws POSTERN_TRIAL_BUSY, POSTERN_TRIAL_PROCESS, and what is wrong with the trial itself
   */
  try(trial: AskedTrial): Promise<TrialAnswer>
  /** Has trials that are asked for from now on run in a new process, which reads the modules of functions anew. */
  renew(): void
  /** Ends the process. Trials that wait fail. */
  close(): void
}

/** Limits of a pool. */
export interface TrialPoolOptions {
  /** Longest time for one trial with all its exits, in milliseconds. Default 30,000. */
  readonly deadlineMs?: number
  /** The process is ended when nobody has asked for so long, in milliseconds. Default 60,000. */
  readonly idleMs?: number
  /** Trials that may wait. Default 16. */
  readonly maxWaiting?: number
}

/** Starts nothing before somebody asks. */
export function createTrialPool(config: GatewayConfig, options: TrialPoolOptions = {}): TrialPool {
  return new ForkedTrials(config, options)
}

class ForkedTrials implements TrialPool {
  readonly #config: GatewayConfig
  readonly #deadlineMs: number
  readonly #idleMs: number
  readonly #maxWaiting: number
  #child: ChildProcess | undefined
  #last: Promise<unknown> = Promise.resolve()
  #waiting = 0
  #sequence = 0
  #idle: NodeJS.Timeout | undefined
  #isClosed = false

  constructor(config: GatewayConfig, options: TrialPoolOptions) {
    const { deadlineMs = 30_000, idleMs = 60_000, maxWaiting = 16 } = options
    this.#config = config
    this.#deadlineMs = deadlineMs
    this.#idleMs = idleMs
    this.#maxWaiting = maxWaiting
  }

  try(trial: AskedTrial): Promise<TrialAnswer> {
    if (this.#waiting >= this.#maxWaiting) {
      return Promise.reject(trialErrors.BUSY(this.#maxWaiting))
    }
    this.#waiting += 1
    const tried = this.#last.then(() => this.#run(trial))
    this.#last = tried
      .catch(() => {
        // Whoever asked is told; the next one does not care.
      })
      .finally(() => {
        this.#waiting -= 1
        this.#restLater()
      })
    return tried
  }

  renew(): void {
    this.#last = this.#last.then(() => this.#end())
  }

  close(): void {
    this.#isClosed = true
    this.#end()
  }

  async #run(trial: AskedTrial): Promise<TrialAnswer> {
    if (this.#isClosed) throw trialErrors.PROCESS('has been stopped')
    clearTimeout(this.#idle)
    const told = await this.#ask(this.#process(), trial)
    if (told.problem === undefined) return { exits: told.exits, isCut: told.isCut }
    const { code, message } = told.problem
    throw code === undefined ? trialErrors.PROCESS(message) : new PosternError(code, message)
  }

  #process(): ChildProcess {
    if (this.#child !== undefined) return this.#child
    const child = fork(fileURLToPath(import.meta.resolve('#trial-process')), [], {
      serialization: 'advanced',
      // A group of its own: a Ctrl-C is for the supervisor.
      detached: true,
    })
    // Without a listener an error would end the process that holds the configuration.
    child.on('error', () => this.#forget(child))
    child.once('exit', () => this.#forget(child))
    this.#child = child
    send(child, { kind: 'start', config: this.#config })
    return child
  }

  #forget(child: ChildProcess): void {
    if (this.#child === child) this.#child = undefined
  }

  #ask(child: ChildProcess, trial: AskedTrial): Promise<FromTrialProcess> {
    const sequence = ++this.#sequence
    return new Promise((resolve, reject) => {
      const settle = (act: () => void): void => {
        clearTimeout(timer)
        child.off('message', heard)
        child.off('exit', ended)
        act()
      }
      const heard = (message: FromTrialProcess): void => {
        if (message.sequence === sequence) settle(() => resolve(message))
      }
      const ended = (code: number | null, signal: string | null): void => {
        settle(() => reject(trialErrors.PROCESS(`ended with ${signal ?? code}`)))
      }
      const late = (): void => {
        settle(() => reject(trialErrors.PROCESS(`was ended after ${this.#deadlineMs} ms`)))
        this.#end()
      }
      const timer = setTimeout(late, this.#deadlineMs)
      child.on('message', heard)
      child.once('exit', ended)
      send(child, { kind: 'try', sequence, trial })
    })
  }

  #restLater(): void {
    clearTimeout(this.#idle)
    this.#idle = setTimeout(() => this.#end(), this.#idleMs)
    this.#idle.unref()
  }

  /** Its own children, the function hosts, end when it does. */
  #end(): void {
    clearTimeout(this.#idle)
    this.#child?.kill('SIGKILL')
    this.#child = undefined
  }
}

/** An error means that the process is ending: `exit` tells the rest. */
function send(child: ChildProcess, message: ToTrialProcess): void {
  if (child.connected) child.send(message, () => {})
}
