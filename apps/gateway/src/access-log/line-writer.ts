import { closeSync, openSync, write } from 'node:fs'

/** What happens to lines, for the operator and for metrics. */
export interface LineCounts {
  /** Lines that were taken. */
  taken: number
  /** Lines that could not be written. */
  lost: number
}

export interface LineWriterOptions {
  /** A path that is opened for appending, or a number of a file that is open already. */
  readonly target: string | number
  /**
   * Most bytes that are written at once. Lines of several processes stay whole in a file of any
   * size; in a pipe only up to 4096 bytes (POSIX, PIPE_BUF).
   */
  readonly maxWriteBytes?: number
  /** Told once when lines are lost, and once when writing goes on, with how many were lost. */
  readonly onTrouble: (problem: string) => void
  readonly onRecovery: (lostLines: number) => void
}

/** How much waits before it is written, in bytes. */
const BATCH_BYTES = 64 * 1024
/** How long it waits at most, in milliseconds. */
const BATCH_MS = 200
/** What waits for a disk that is slow, in bytes; what comes above that is lost. */
const MAX_WAITING_BYTES = 8 * 1024 * 1024
/** How long until a pipe that is full is tried again, in milliseconds. */
const RETRY_MS = 10
/** How long `close` waits for such a pipe, in milliseconds. */
const CLOSE_MS = 300

/**
 * Appends lines in ASCII to a file, a pipe or a terminal, many at once.
 *
 * Whoever writes a line never waits and never hears of an error: a full disk or a pipe that nobody
 * reads must not hold up requests. Lines are lost then, and counted.
 */
export class LineWriter {
  readonly counts: LineCounts = { taken: 0, lost: 0 }
  readonly #options: LineWriterOptions
  #file: number
  /** What has not been handed to the system yet. */
  #waiting = ''
  #timer: NodeJS.Timeout | undefined
  #isWriting = false
  /** The last write ended within a line: what follows begins on a new one. */
  #isTorn = false
  /** Lines lost since the trouble was told; undefined where there is none. */
  #lostInTrouble: number | undefined
  #reopening = false
  #onIdle: (() => void) | undefined
  #giveUpAtMs = Number.POSITIVE_INFINITY

  /** @throws the system's error where the file cannot be opened */
  constructor(options: LineWriterOptions) {
    this.#options = options
    this.#file = open(options.target)
  }

  /** @param line with its line feed */
  write(line: string): void {
    this.counts.taken += 1
    if (this.#waiting.length >= MAX_WAITING_BYTES) {
      this.#lose(1, 'what has to be written waits for too long')
      return
    }
    this.#waiting += line
    if (this.#waiting.length >= BATCH_BYTES) this.#flush()
    else this.#timer ??= setTimeout(() => this.#flush(), BATCH_MS)
  }

  /** Opens the file anew, so that one which has been moved away is let go of. */
  reopen(): void {
    if (typeof this.#options.target === 'number') return
    this.#reopening = true
    this.#flush()
    if (!this.#isWriting) this.#openAnew()
  }

  /** Writes what waits and resolves when the system has it. */
  async close(): Promise<void> {
    this.#giveUpAtMs = Date.now() + CLOSE_MS
    this.#flush()
    while (this.#isWriting) {
      await new Promise<void>((resolve) => {
        this.#onIdle = resolve
      })
      this.#flush()
    }
    clearTimeout(this.#timer)
    if (typeof this.#options.target === 'string') closeSync(this.#file)
  }

  #flush(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    if (this.#isWriting || this.#waiting === '') return
    this.#isWriting = true
    const batch = Buffer.from(this.#isTorn ? `\n${this.#waiting}` : this.#waiting, 'latin1')
    this.#waiting = ''
    this.#isTorn = false
    this.#writeFrom(batch, 0)
  }

  #writeFrom(batch: Buffer, from: number): void {
    const end = endOfWrite(batch, from, this.#options.maxWriteBytes)
    write(this.#file, batch, from, end - from, null, (error, bytes) => {
      if (error !== null) this.#onError(error, batch, from)
      else if (from + bytes < batch.length) this.#writeFrom(batch, from + bytes)
      else this.#onWritten()
    })
  }

  #onError(error: NodeJS.ErrnoException, batch: Buffer, from: number): void {
    if (error.code === 'EAGAIN' && Date.now() < this.#giveUpAtMs) {
      setTimeout(() => this.#writeFrom(batch, from), RETRY_MS)
      return
    }
    this.#isTorn = from > 0 && batch[from - 1] !== LINE_FEED
    this.#lose(countLines(batch, from), error.message)
    this.#rest()
  }

  #onWritten(): void {
    const lost = this.#lostInTrouble
    this.#lostInTrouble = undefined
    if (lost !== undefined) this.#options.onRecovery(lost)
    this.#rest()
  }

  #rest(): void {
    this.#isWriting = false
    if (this.#reopening) this.#openAnew()
    if (this.#waiting.length >= BATCH_BYTES) this.#flush()
    else if (this.#waiting !== '') this.#timer ??= setTimeout(() => this.#flush(), BATCH_MS)
    const onIdle = this.#onIdle
    this.#onIdle = undefined
    onIdle?.()
  }

  /** A file that cannot be opened leaves the old one in use. */
  #openAnew(): void {
    this.#reopening = false
    try {
      const file = open(this.#options.target)
      closeSync(this.#file)
      this.#file = file
      this.#isTorn = false
    } catch (error) {
      this.#options.onTrouble((error as Error).message)
    }
  }

  #lose(lines: number, problem: string): void {
    this.counts.lost += lines
    if (this.#lostInTrouble === undefined) {
      this.#lostInTrouble = 0
      this.#options.onTrouble(problem)
    }
    this.#lostInTrouble += lines
  }
}

const LINE_FEED = 0x0a

/** Readable by its owner and a group: a log names clients. */
function open(target: string | number): number {
  return typeof target === 'number' ? target : openSync(target, 'a', 0o640)
}

/** A write ends behind a line where that is possible within the limit. */
function endOfWrite(batch: Buffer, from: number, limit = batch.length): number {
  if (batch.length - from <= limit) return batch.length
  const feed = batch.lastIndexOf(LINE_FEED, from + limit - 1)
  if (feed >= from) return feed + 1
  const next = batch.indexOf(LINE_FEED, from)
  return next < 0 ? batch.length : next + 1
}

function countLines(batch: Buffer, from: number): number {
  let lines = 0
  for (let at = batch.indexOf(LINE_FEED, from); at >= 0; at = batch.indexOf(LINE_FEED, at + 1)) {
    lines += 1
  }
  return lines
}
