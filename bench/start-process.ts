import { type ChildProcess, spawn } from 'node:child_process'
import { connect, createServer, type AddressInfo } from 'node:net'

/** A program that was started for a run. */
export interface StartedProcess {
  readonly pid: number
  /** Ends it and all that it has started. */
  stop(): Promise<void>
}

export interface ProcessOptions {
  /** The core that it may use. */
  readonly core: string
  readonly command: readonly string[]
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
  /** Answers true when what it has written so far says that it serves. */
  readonly isUp: (stdout: string) => boolean | Promise<boolean>
}

/** How long a program may take to serve: a hundred thousand Routes take their time. */
const START_MS = 60_000

/** Starts a program on one core and resolves when it serves. */
export async function startProcess(options: ProcessOptions): Promise<StartedProcess> {
  const child = spawn('taskset', ['-c', options.core, ...options.command], {
    cwd: options.cwd,
    env: { ...cleanEnvironment(), ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  living.add(child)
  child.once('exit', () => living.delete(child))
  let stdout = ''
  let stderr = ''
  // Read to the end, so that a program which writes its log there does not stand still.
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    if (stdout.length < MOST_KEPT) stdout += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    if (stderr.length < MOST_KEPT) stderr += text
  })
  const until = Date.now() + START_MS
  while (!(await options.isUp(stdout))) {
    if (hasEnded(child)) throw new Error(`ended before it served: ${stderr.trim()}`)
    if (Date.now() > until) {
      await stop(child)
      throw new Error(`did not serve in ${START_MS} ms: ${stderr.trim()}`)
    }
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  return { pid: child.pid as number, stop: () => stop(child) }
}

const MOST_KEPT = 64 * 1024

/** What still runs. A run that is broken off must not leave a load behind. */
const living = new Set<ChildProcess>()
process.once('exit', () => {
  for (const child of living) child.kill('SIGTERM')
})
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130))

/** Settings of whoever runs this must not change what is measured. */
function cleanEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(POSTERN|KONG|NODE_OPTIONS)/.test(name)),
  )
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null
}

async function stop(child: ChildProcess): Promise<void> {
  if (hasEnded(child)) return
  const ended = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGTERM')
  const late = setTimeout(() => child.kill('SIGKILL'), 15_000)
  await ended
  clearTimeout(late)
}

/** A port of 127.0.0.1 that nobody uses now. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo
      server.close(() => resolve(port))
    })
  })
}

/** Whether somebody listens on a port of 127.0.0.1. */
export function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
}
