import { type ChildProcess, spawn } from 'node:child_process'
import type { Socket } from 'node:net'
import { fileURLToPath } from 'node:url'
import { createLineReader, type LineReader } from './host/read-lines.ts'
import {
  type HostSettings,
  MAX_LINE_BYTES,
  parseReply,
  type Reply,
  type Request,
} from './protocol.ts'
import { readablePaths } from './readable-paths.ts'

/** What is told about a process. After `ended` nothing more is told. */
export interface HostProcessEvents {
  onReady(): void
  /** Any but `ready`. */
  onReply(reply: Exclude<Reply, { k: 'ready' }>): void
  /** It ended by itself, or was ended because of what it wrote. */
  onEnded(reason: string): void
}

/** How long a process may take to be ready, in ms. */
const START_TIMEOUT_MS = 10_000

/** How much is kept of what it writes to stderr: what matters is at the end. */
const MAX_STDERR = 4_096

/** One process that runs functions, and the line to it. Believes nothing that comes back. */
export class HostProcess {
  readonly #child: ChildProcess
  readonly #socket: Socket
  readonly #events: HostProcessEvents
  readonly #lines: LineReader = createLineReader()
  readonly #startTimer: NodeJS.Timeout
  #state: 'starting' | 'ready' | 'ended' = 'starting'
  #openBytes = 0
  #outgoing = ''
  #stderr = ''

  constructor(settings: HostSettings, heapMb: number, events: HostProcessEvents) {
    this.#events = events
    this.#child = spawn(process.execPath, argumentsFor(settings, heapMb), {
      // Nothing of the gateway's environment: it holds secrets.
      env: {},
      stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
      // A process group of its own: Ctrl-C is for the gateway, which ends this one in order.
      detached: true,
    })
    this.#socket = this.#child.stdio[3] as Socket
    this.#startTimer = setTimeout(() => this.#fail('it was not ready in time'), START_TIMEOUT_MS)
    this.#listen()
  }

  get pid(): number | undefined {
    return this.#child.pid
  }

  get isReady(): boolean {
    return this.#state === 'ready'
  }

  /** Everything sent in one tick goes out in one write. */
  send(request: Request): void {
    this.sendLine(JSON.stringify(request))
  }

  /** The same for a request that is JSON already. */
  sendLine(line: string): void {
    if (this.#outgoing === '') process.nextTick(() => this.#flush())
    this.#outgoing += `${line}\n`
  }

  /** Ends the process at once; no event follows. */
  kill(): void {
    this.#state = 'ended'
    clearTimeout(this.#startTimer)
    this.#child.kill('SIGKILL')
    this.#socket.destroy()
  }

  /** Resolves when the operating system has taken the process away. */
  gone(): Promise<void> {
    const { exitCode, signalCode, pid } = this.#child
    if (exitCode !== null || signalCode !== null || pid === undefined) return Promise.resolve()
    this.#child.ref()
    return new Promise((resolve) => {
      this.#child.once('exit', () => resolve())
    })
  }

  #flush(): void {
    const bytes = this.#outgoing
    this.#outgoing = ''
    if (this.#state !== 'ended') this.#socket.write(bytes)
  }

  #listen(): void {
    const { stderr } = this.#child
    stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr = (this.#stderr + text).slice(-MAX_STDERR)
    })
    this.#socket.on('data', (bytes: Buffer) => this.#read(bytes))
    // A broken socket is told by the end of the process, which follows.
    this.#socket.on('error', () => {})
    this.#socket.on('end', () => this.#child.kill('SIGKILL'))
    this.#child.on('error', (error) => this.#fail(error.message))
    this.#child.on('exit', (code, signal) => this.#fail(this.#reasonOf(code, signal)))
    // A waiting host must not keep its gateway alive; calls under way do, by their timers.
    this.#child.unref()
    this.#socket.unref()
    ;(stderr as Socket | null)?.unref()
  }

  #read(bytes: Buffer): void {
    this.#openBytes = bytes.includes(10) ? 0 : this.#openBytes + bytes.length
    if (this.#openBytes > MAX_LINE_BYTES) return this.#fail('it wrote a line without end')
    for (const line of this.#lines.push(bytes)) {
      if (this.#state === 'ended') return
      const reply = parseReply(line)
      if (reply === undefined) return this.#fail('it wrote something that is no reply')
      if (reply.k === 'ready') this.#becomeReady()
      else this.#events.onReply(reply)
    }
  }

  #becomeReady(): void {
    if (this.#state !== 'starting') return
    clearTimeout(this.#startTimer)
    this.#state = 'ready'
    this.#events.onReady()
  }

  #fail(reason: string): void {
    if (this.#state === 'ended') return
    this.kill()
    this.#events.onEnded(reason)
  }

  #reasonOf(code: number | null, signal: string | null): string {
    const said = this.#stderr.includes('heap out of memory') ? 'heap out of memory' : undefined
    if (said !== undefined) return said
    const ended = signal === null ? `exit code ${code}` : `signal ${signal}`
    const lastWords = this.#state === 'starting' ? `: ${this.#stderr.trim()}` : ''
    return `${ended}${lastWords}`
  }
}

function argumentsFor(settings: HostSettings, heapMb: number): string[] {
  const program = fileURLToPath(import.meta.resolve('@postern/sandbox/host'))
  return [
    ...inheritedArguments(),
    `--max-old-space-size=${heapMb}`,
    ...(settings.mode === 'sandbox' ? permissions(settings) : []),
    '--no-warnings',
    program,
    JSON.stringify(settings),
  ]
}

/**
 * Reading is needed to load the program, and only that; writing, processes, threads and addons are
 * not. A loader of the gateway's may read whatever it needs.
 */
function permissions({ prelude }: HostSettings): string[] {
  const hasLoader = inheritedArguments().some((argument) => argument.startsWith('--import'))
  const paths = hasLoader ? ['*'] : readablePaths(prelude)
  return ['--permission', ...paths.map((readable) => `--allow-fs-read=${readable}`)]
}

/** Conditions and loaders are needed to load the program; the rest is about the gateway itself. */
function inheritedArguments(): string[] {
  return process.execArgv.filter((argument, i, all) => {
    const isValue = /^(-C|--conditions|--import)$/.test(all[i - 1] ?? '')
    return isValue || /^(-C|--conditions|--import)(=|$)/.test(argument)
  })
}
